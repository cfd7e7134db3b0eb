import { setOwn } from "../own-property.ts";
import { isBytes, isDate, isMap, isPlainObject, isSet, typedArrayName } from "../value-kind.ts";
import { extForm, extValue } from "./ext-value.ts";
import type { FieldType } from "./field-type.ts";
import { defaultScope } from "./type-scope.ts";
import { TypedValue } from "./typed-value.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";

/**
 * Returns a function that makes a new default value each time. zod copies the first level
 * of a default only, so that messages would share the objects inside.
 *
 * Nested wire types get the defaults of their own fields, as they do in messages.
 */
export function freshDefault(type: FieldType, make: () => unknown): () => unknown {
  return () => {
    const value = make();
    return typeof value === "object" && value !== null ? copyOf(type, value, new Map()) : value;
  };
}

type Copies = Map<object, object>;

/** Copies a value of a type. A value of another kind is left for the encoder to refuse. */
function copyOf(type: FieldType, value: unknown, copies: Copies): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  switch (type.kind) {
    case "struct":
      return copyStruct(type.info(), value, copies);
    case "union": {
      const prototype: unknown = Object.getPrototypeOf(value);
      const option = type.options.find((one) => one.info().class?.prototype === prototype);
      return option ? copyStruct(option.info(), value, copies) : copyAny(value, copies);
    }
    case "ext": {
      if (!(value instanceof type.class)) return value;
      return extValue(type, copyOf(type.form.type, extForm(type, value), copies));
    }
    case "list":
    case "set":
      return copyContainer(value, copies, (item) => copyOf(type.element.type, item, copies));
    case "map":
      return copyContainer(value, copies, (item) => copyOf(type.value.type, item, copies));
    default:
      return copyAny(value, copies);
  }
}

function copyStruct(info: WireTypeInfo, value: object, copies: Copies): unknown {
  const prototype: object | null = Object.getPrototypeOf(value);
  const bound = info.class?.prototype;
  if (!isPlainObject(value) && prototype !== bound) return value;
  const copy: Record<string, unknown> = Object.create(
    prototype === bound ? prototype : Object.prototype,
  );
  copies.set(value, copy);
  for (const field of info.fields) {
    const given = (value as Record<string, unknown>)[field.key];
    const filled =
      given === undefined && field.default ? field.default() : copyOf(field.type, given, copies);
    setOwn(copy, field.key, filled);
  }
  return copy;
}

/** Copies an array, a set, a map or a record. */
function copyContainer(
  value: object,
  copies: Copies,
  copyItem: (item: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const item of value) list.push(copyItem(item));
    return list;
  }
  if (isSet(value)) {
    const set = new Set<unknown>();
    copies.set(value, set);
    for (const item of value) set.add(copyItem(item));
    return set;
  }
  if (isMap(value)) {
    const map = new Map<unknown, unknown>();
    copies.set(value, map);
    for (const [key, item] of value) map.set(copyAny(key, copies), copyItem(item));
    return map;
  }
  if (!isPlainObject(value)) return value;
  const record: Record<string, unknown> = {};
  copies.set(value, record);
  for (const [key, item] of Object.entries(value)) setOwn(record, key, copyItem(item));
  return record;
}

/** Copies a value without a type of its own, as `z.any()` and unions have. */
function copyAny(value: unknown, copies: Copies): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (isBytes(value)) return new Uint8Array(value);
  if (typedArrayName(value) !== undefined) return (value as Float64Array).slice();
  if (isDate(value)) return new Date(value.getTime());
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof DataView) return new DataView(copyAny(value.buffer, copies) as ArrayBuffer);
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof TypedValue)
    return new TypedValue(value.schema, copyOf(value.type, value.value, copies));
  const info = defaultScope.ofClass(value);
  if (info) return copyStruct(info, value, copies);
  const ext = defaultScope.extOf(value);
  if (ext) return copyOf(ext, value, copies);
  return copyContainer(value, copies, (item) => copyAny(item, copies));
}
