import { type ContractView, contractView, fieldText } from "./contract-view.ts";
import type { ManifestMethod } from "./manifest.ts";
import type { ManifestField } from "./manifest-field.ts";

/** One difference between two contracts. */
export interface ContractDifference {
  /** `Service`, `Service.method`, or `namespace/Type.field`. */
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** One line for people. It begins with the path. */
  readonly text: string;
}

function changed(path: string, what: string, before: unknown, after: unknown): ContractDifference {
  const subject = what === "" ? "" : `${what} `;
  return {
    path,
    change: "changed",
    text: `${path}: ${subject}${before ?? "none"} → ${after ?? "none"}`,
  };
}

const addedOrRemoved = (
  path: string,
  change: "added" | "removed",
  what: string,
): ContractDifference => ({
  path,
  change,
  text: `${path}: ${what} ${change}`,
});

/** Pairs the values of two maps by name; a value is `undefined` on the side that lacks it. */
function* pairs<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): Generator<readonly [string, T | undefined, T | undefined]> {
  for (const [name, value] of before) yield [name, value, after.get(name)];
  for (const [name, value] of after) if (!before.has(name)) yield [name, undefined, value];
}

function* serviceDifferences(a: ContractView, b: ContractView): Generator<ContractDifference> {
  const path = a.manifest.service;
  const parts = (view: ContractView): readonly (readonly [string, string])[] => [
    ["name", view.manifest.service],
    ["version", String(view.manifest.version)],
    ["scope", view.manifest.scoped],
    ["serialization", view.manifest.serialization_modes.join(", ")],
  ];
  const after = new Map(parts(b));
  for (const [what, value] of parts(a)) {
    if (after.get(what) !== value) yield changed(path, what, value, after.get(what));
  }
}

function* methodDifferences(
  path: string,
  a: ManifestMethod,
  b: ManifestMethod,
): Generator<ContractDifference> {
  const seconds = (method: ManifestMethod) =>
    method.timeout === null ? undefined : `${method.timeout} s`;
  const parts = (method: ManifestMethod): readonly (readonly [string, string | undefined])[] => [
    ["pattern", method.pattern],
    ["request", method.request_wire_tag],
    ["response", method.response_wire_tag],
    ["idempotent", String(method.idempotent)],
    ["timeout", seconds(method)],
  ];
  const after = new Map(parts(b));
  for (const [what, value] of parts(a)) {
    if (after.get(what) !== value) yield changed(path, what, value, after.get(what));
  }
}

function* typeDifferences(
  tag: string,
  a: readonly ManifestField[],
  b: readonly ManifestField[],
): Generator<ContractDifference> {
  const named = (fields: readonly ManifestField[]) =>
    new Map(fields.map((field) => [field.name, fieldText(field)]));
  const before = named(a);
  const after = named(b);
  for (const [name, was, is] of pairs(before, after)) {
    const path = `${tag}.${name}`;
    if (was === undefined) yield addedOrRemoved(path, "added", `field of type ${is}`);
    else if (is === undefined) yield addedOrRemoved(path, "removed", `field of type ${was}`);
    else if (was !== is) yield changed(path, "", was, is);
  }
  const order = [...before.keys()].filter((name) => after.has(name)).join(", ");
  const orderAfter = [...after.keys()].filter((name) => before.has(name)).join(", ");
  if (order !== orderAfter) yield changed(tag, "order of fields", order, orderAfter);
}

function* allDifferences(a: ContractView, b: ContractView): Generator<ContractDifference> {
  yield* serviceDifferences(a, b);
  for (const [name, was, is] of pairs(a.methods, b.methods)) {
    const path = `${a.manifest.service}.${name}`;
    if (was === undefined) yield addedOrRemoved(path, "added", "method");
    else if (is === undefined) yield addedOrRemoved(path, "removed", "method");
    else yield* methodDifferences(path, was, is);
  }
  for (const [tag, was, is] of pairs(a.types, b.types)) {
    if (was !== undefined && is !== undefined) yield* typeDifferences(tag, was, is);
  }
}

/**
 * Returns the differences between two contracts, none if their ids are equal. Each may be a
 * definition, a decorated class, an instance of one, or a manifest. A manifest does not describe
 * the types inside requests and responses; if only those differ, the result is one difference that
 * counts them.
 */
export function diffContracts(before: object, after: object): readonly ContractDifference[] {
  const a = contractView(before);
  const b = contractView(after);
  if (a.manifest.contract_id === b.manifest.contract_id) return [];
  const differences = [...allDifferences(a, b)];
  if (differences.length > 0) return differences;
  const known = new Set(a.manifest.type_hashes);
  const others = b.manifest.type_hashes.filter((hash) => !known.has(hash)).length;
  return [
    changed(
      a.manifest.service,
      `types inside requests and responses: ${others} of ${b.manifest.type_hashes.length} differ;`,
      a.manifest.contract_id,
      b.manifest.contract_id,
    ),
  ];
}
