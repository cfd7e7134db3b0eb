import { asFailure } from "../../failure.ts";
import type { ElementType, ExtType, FieldType } from "../../schema/field-type.ts";
import { nestedTypes } from "../../schema/nested-types.ts";
import type { Root } from "../../schema/root.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { WireTypeInfo } from "../../schema/wire-type-info.ts";
import type { NativeOp } from "./checker.ts";
import { listNative, mapNative, nullableNative, recordNative, setNative } from "./container-op.ts";
import { ExtNative } from "./ext-op.ts";
import { anyNative, arrayNative, enumNative, scalarNative } from "./scalar-op.ts";
import { StructNative } from "./struct-op.ts";
import { caseNative, unionNative } from "./union-op.ts";
import { holdsDoubles } from "./value-test.ts";

/** The op of a wire type, with the prototype of its values. */
export interface BoundStruct extends NativeOp {
  readonly prototype: object;
}

/** Finds the type that is bound to the class of a value. */
export type StructOf = (value: object) => NativeOp | undefined;
/** Finds the type with a tag. */
export type StructNamed = (tag: string) => BoundStruct | undefined;

const structs = new WeakMap<WireTypeInfo, StructNative>();

/** Returns the op of a wire type. It is made once. */
export function bindNative(given: WireTypeInfo): StructNative {
  const info = given.base ?? given;
  let op = structs.get(info);
  if (!op) {
    op = new StructNative(info, elementOp);
    structs.set(info, op);
  }
  return op;
}

const exts = new WeakMap<ExtType, ExtNative>();

/** Returns the op of an ext. It is made once. */
export function bindExt(type: ExtType): ExtNative {
  let op = exts.get(type);
  if (!op) {
    op = new ExtNative(type, elementOp);
    exts.set(type, op);
  }
  return op;
}

/** Returns a lookup of the types of a scope by the class of a value. */
export function structsByClass(scope: TypeScope): StructOf {
  return (value) => {
    const info = scope.ofClass(value);
    if (info) return bindNative(info);
    const ext = scope.extOf(value);
    return ext && bindExt(ext);
  };
}

/**
 * Returns a lookup of the types of a scope by their tags. Those inside the root types come first.
 */
export function structsByTag(scope: TypeScope, roots: readonly WireTypeInfo[]): StructNamed {
  let inside: Map<string, WireTypeInfo> | undefined;
  return (tag) => {
    inside ??= typesInside(roots);
    const info = inside.get(tag) ?? scope.find(tag);
    return info && bindNative(info);
  };
}

function typesInside(roots: readonly WireTypeInfo[]): Map<string, WireTypeInfo> {
  const found = new Map<string, WireTypeInfo>();
  for (const info of allInside(roots)) if (!found.has(info.tag)) found.set(info.tag, info);
  return found;
}

function allInside(roots: readonly WireTypeInfo[]): Set<WireTypeInfo> {
  const all = new Set<WireTypeInfo>(roots);
  // a set may grow during iteration
  for (const info of all) {
    for (const field of info.fields) for (const one of nestedTypes(field.type)) all.add(one);
  }
  return all;
}

/**
 * Returns the op of a whole message. Throws `CodecError` `schema` for a type without a form.
 */
export function rootNative(root: Root): NativeOp {
  if (root.info) return bindNative(root.info);
  let op: NativeOp;
  try {
    op = elementOp(root);
  } catch (reason) {
    throw asFailure(reason).toError(root.label);
  }
  const makeDefault = root.default;
  if (!makeDefault) return op;
  return {
    ...op,
    write: (w, value, depth) => op.write(w, value === undefined ? makeDefault() : value, depth),
  };
}

function elementOp(element: ElementType): NativeOp {
  const op = opOf(element.type);
  return element.nullable ? nullableNative(op, element.optional) : op;
}

function opOf(type: FieldType): NativeOp {
  switch (type.kind) {
    case "list":
      return listNative(elementOp(type.element), holdsDoubles(type.element));
    case "set":
      return setNative(elementOp(type.element));
    case "map": {
      const make = type.form === "record" ? recordNative : mapNative;
      return make(elementOp(type.key), elementOp(type.value));
    }
    case "array":
      return type.element === "bool"
        ? listNative(scalarNative({ kind: "bool" }), false)
        : arrayNative(type.element);
    case "enum":
      return enumNative(type.values);
    case "struct":
      return bindNative(type.info());
    case "ext":
      return bindExt(type);
    case "named_union":
      return caseNative(type, elementOp);
    case "union":
      return unionNative(type, bindNative);
    case "any":
      return anyNative;
    default:
      return scalarNative(type);
  }
}
