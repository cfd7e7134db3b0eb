import type { RandomCase } from "./random-case.ts";

/** Reduces a failing case: removes fields and items as long as it still fails. */
export async function smallest(
  found: RandomCase,
  fails: (one: RandomCase) => Promise<boolean>,
): Promise<RandomCase> {
  let current = found;
  for (let left = 300; left > 0; ) {
    let smaller: RandomCase | undefined;
    for (const one of smallerOnes(current)) {
      if (left-- <= 0) break;
      if (!(await fails(one))) continue;
      smaller = one;
      break;
    }
    if (smaller === undefined) return current;
    current = smaller;
  }
  return current;
}

function* smallerOnes(one: RandomCase): Iterable<RandomCase> {
  for (const declared of one.types) {
    if (!("struct" in declared)) continue;
    for (const { name } of declared.fields) yield withoutField(one, declared.struct, name);
  }
  for (const value of shorter(one.value)) yield { ...one, value };
}

function withoutField(one: RandomCase, struct: string, field: string): RandomCase {
  const types = one.types.map((declared) =>
    "struct" in declared && declared.struct === struct
      ? { ...declared, fields: declared.fields.filter(({ name }) => name !== field) }
      : declared,
  );
  return { ...one, types, value: without(one.value, struct, field) };
}

function without(value: unknown, struct: string, field: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => without(item, struct, field));
  const entries = Object.entries(value).map(([key, item]) => {
    const cut = "$struct" in value && value.$struct === struct && key === "f";
    const kept = cut ? Object.fromEntries(Object.entries(item).filter(([k]) => k !== field)) : item;
    return [key, without(kept, struct, field)];
  });
  return Object.fromEntries(entries);
}

/** Yields copies of a value in which one list is cut in half or lacks its last item. */
function* shorter(value: unknown): Iterable<unknown> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    if (value.length > 2) yield value.slice(0, value.length >> 1);
    if (value.length > 0) yield value.slice(0, -1);
    if (value.length > 8) return;
    for (const [i, item] of value.entries()) {
      for (const less of shorter(item)) yield value.with(i, less);
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    // pairs of numbers stay pairs
    if (["$ts", "$dur", "$dec"].includes(key)) continue;
    for (const less of shorter(item)) {
      if (key === "$map" && broken(less)) continue;
      yield { ...value, [key]: less };
    }
  }
}

function broken(pairs: unknown): boolean {
  return (pairs as unknown[][]).some((pair) => pair.length !== 2);
}
