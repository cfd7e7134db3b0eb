import { setOwn } from "../own-property.ts";
import { isMap, isPlainObject, isSet } from "../value-kind.ts";
import type { CaseValue } from "./case-value.ts";
import { Choices, type UnionType } from "./choices.ts";
import type { FieldType } from "./field-type.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";

// zod returns copies: without classes, and without the identity of parts that no check changed.
// These functions take over the changes alone.

/**
 * Returns a value of a wire type with the changes that its checks made. `checked` is the copy that
 * zod made of `value`, or a part that a check added.
 */
export function adopt(info: WireTypeInfo, value: unknown, checked: unknown): unknown {
  if (Object.is(value, checked) || !isObject(checked)) return checked;
  const before = isObject(value) ? value : {};
  const parts = info.fields.map(({ key, type }) => {
    // zod leaves this key out
    if (key === "__proto__") return before[key];
    return Object.hasOwn(checked, key) ? adoptPart(type, before[key], checked[key]) : undefined;
  });
  if (before === value && info.fields.every(({ key }, i) => Object.is(parts[i], before[key]))) {
    return value;
  }
  const result: Record<string, unknown> = Object.create(info.class?.prototype ?? Object.prototype);
  info.fields.forEach(({ key }, i) => {
    setOwn(result, key, parts[i]);
  });
  return result;
}

/** As {@link adopt}, for a value of any type. */
export function adoptPart(type: FieldType, value: unknown, checked: unknown): unknown {
  if (Object.is(value, checked) || !isObject(checked)) return checked;
  switch (type.kind) {
    case "struct":
      return adopt(type.info(), value, checked);
    case "union":
      return adopt(optionOf(type, value, checked), value, checked);
    case "named_union":
      return adoptCase(
        type.cases().get((checked as unknown as CaseValue).case)?.type,
        value,
        checked,
      );
    case "list":
    case "set":
      return adoptItems(type.element.type, value, checked);
    case "map":
      return adoptPairs(type.value.type, value, checked);
    default:
      return checked;
  }
}

const choices = new WeakMap<UnionType, Choices>();

function optionOf(type: UnionType, value: unknown, checked: object): WireTypeInfo {
  let known = choices.get(type);
  if (!known) {
    known = new Choices(type, (field) => field.key);
    choices.set(type, known);
  }
  // without a discriminator only the class may tell the options apart, which the copy lost
  return known.of(isObject(value) && !known.discriminated ? value : checked);
}

function adoptCase(type: FieldType | undefined, value: unknown, checked: object): unknown {
  const after = checked as CaseValue;
  const before: Partial<CaseValue> = isObject(value) ? value : {};
  if (!type) return checked;
  const inner = adoptPart(type, before.value, after.value);
  const same = before.case === after.case && Object.is(inner, before.value);
  return same ? value : { case: after.case, value: inner };
}

function adoptItems(type: FieldType, value: unknown, checked: object): unknown {
  const list = Array.isArray(checked);
  const after = list ? (checked as unknown[]) : isSet(checked) ? [...checked] : undefined;
  if (!after) return checked;
  const before = Array.isArray(value) ? value : isSet(value) ? [...value] : [];
  const items = after.map((item, i) => adoptPart(type, before[i], item));
  if (isSame(before, items)) return value ?? checked;
  return list ? items : new Set(items);
}

function adoptPairs(type: FieldType, value: unknown, checked: object): unknown {
  const after = pairsOf(checked);
  const before = isObject(value) ? pairsOf(value) : [];
  const items = after.map(([, item], i) => adoptPart(type, before[i]?.[1], item));
  const keys = after.map(([key]) => key);
  if (
    isSame(
      before.map(([key]) => key),
      keys,
    ) &&
    isSame(
      before.map(([, item]) => item),
      items,
    )
  ) {
    return value ?? checked;
  }
  if (isMap(checked)) return new Map(keys.map((key, i) => [key, items[i]]));
  const record: Record<string, unknown> = {};
  keys.forEach((key, i) => {
    setOwn(record, key as string, items[i]);
  });
  return record;
}

function pairsOf(value: object): (readonly [unknown, unknown])[] {
  return isMap(value) ? [...value] : isPlainObject(value) ? Object.entries(value) : [];
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && after.every((one, i) => Object.is(one, before[i]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
