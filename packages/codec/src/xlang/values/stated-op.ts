import { arrayTypeId, TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import type { ArrayElementKind, ElementType, FieldType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { builtInId } from "../field-order.ts";
import type { StatedType } from "../type-meta.ts";
import { arrayFromList, arrayOp, listFromArray } from "./array-op.ts";
import { scalarConversion } from "./conversion.ts";
import { type ElementOp, elementOf } from "./element-op.ts";
import { enumNumberOp } from "./enum-op.ts";
import { listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { anyUnionOp } from "./union-op.ts";
import type { ValueOp } from "./value-op.ts";

/** Returns the op for values of a type that only the message describes. */
export function statedOp(stated: StatedType, scope: TypeScope, bind: Bind): ValueOp {
  const any = bind.ops.any(scope);
  const inner = stated.inner.map(
    (one): ElementOp => ({
      op: statedOp(one, scope, bind),
      nullable: true,
      optional: false,
      typed: isStruct(one.id),
    }),
  );
  const [first, second] = inner;
  switch (stated.id) {
    case TypeId.list:
      return listOp(first as ElementOp);
    case TypeId.set:
      return setOp(first as ElementOp);
    case TypeId.map:
      return mapOp(first as ElementOp, second as ElementOp);
    case TypeId.enum:
    case TypeId.namedEnum:
      return enumNumberOp;
    case TypeId.union:
    case TypeId.typedUnion:
    case TypeId.namedUnion:
      return anyUnionOp(any);
    default: {
      if (stated.id === TypeId.any || isStruct(stated.id) || isExt(stated.id)) return any;
      const op = any.ofId(stated.id);
      if (op) return op;
      throw fail("mismatch", `a field of type id ${stated.id}, which is not known here`);
    }
  }
}

function isStruct(id: number): boolean {
  return id >= TypeId.struct && id <= TypeId.namedCompatibleStruct;
}

function isExt(id: number): boolean {
  return id === TypeId.ext || id === TypeId.namedExt;
}

/**
 * Returns an op that reads values of a stated type as values of our type: `own` if the bytes are
 * the same, undefined if there is no conversion.
 */
export function versionOp(
  stated: StatedType,
  type: FieldType,
  own: ValueOp,
  scope: TypeScope,
  bind: Bind,
): ValueOp | undefined {
  const { id } = stated;
  if (id === TypeId.any && type.kind !== "any") return fromAny(own, type);
  switch (type.kind) {
    case "any":
      return id === TypeId.any ? own : statedOp(stated, scope, bind);
    case "struct":
      return isStruct(id) ? own : undefined;
    case "enum":
      return id === TypeId.enum || id === TypeId.namedEnum ? own : undefined;
    case "ext":
      return isExt(id) ? own : undefined;
    case "union":
    case "named_union":
      return id >= TypeId.union && id <= TypeId.namedUnion ? own : undefined;
    case "list":
    case "set":
      return itemsVersion(stated, type, own, scope, bind);
    case "map":
      return mapVersion(stated, type, own, scope, bind);
    case "array":
      return arrayVersion(stated, type.element, own, scope, bind);
    case "binary":
      if (id === arrayTypeId.uint8) return own;
      return id === TypeId.binary ? own : undefined;
    default:
      if (id === TypeId[type.kind]) return own;
      return scalarConversion(id, type, bind.profile);
  }
}

function itemsVersion(
  stated: StatedType,
  type: Extract<FieldType, { kind: "list" | "set" }>,
  own: ValueOp,
  scope: TypeScope,
  bind: Bind,
): ValueOp | undefined {
  const [inner] = stated.inner;
  if (stated.id === TypeId[type.kind] && inner) {
    const element = elementVersion(inner, type.element, scope, bind);
    if (element === "own") return own;
    return element && (type.kind === "list" ? listOp : setOp)(element);
  }
  return type.kind === "list" ? fromArray(stated.id, type.element, own) : undefined;
}

function mapVersion(
  stated: StatedType,
  type: Extract<FieldType, { kind: "map" }>,
  own: ValueOp,
  scope: TypeScope,
  bind: Bind,
): ValueOp | undefined {
  const [key, value] = stated.inner;
  if (stated.id !== TypeId.map || !key || !value) return undefined;
  const keys = elementVersion(key, type.key, scope, bind);
  const values = elementVersion(value, type.value, scope, bind);
  if (keys === "own" && values === "own") return own;
  if (!keys || !values) return undefined;
  return (type.form === "record" ? recordOp : mapOp)(
    keys === "own" ? elementOf(type.key, scope, bind, "map") : keys,
    values === "own" ? elementOf(type.value, scope, bind, "map") : values,
  );
}

function arrayVersion(
  stated: StatedType,
  kind: ArrayElementKind,
  own: ValueOp,
  scope: TypeScope,
  bind: Bind,
): ValueOp | undefined {
  if (stated.id === arrayTypeId[kind]) return own;
  if (kind === "uint8" && stated.id === TypeId.binary) return own;
  const [inner] = stated.inner;
  if (stated.id !== TypeId.list || !inner) return undefined;
  const element = bind.ops.any(scope).ofId(inner.id);
  return element && sameNumbers(inner.id, kind) ? arrayFromList(kind, element, own) : undefined;
}

/** Returns the op for a value with type info, which must name our type. */
function fromAny(own: ValueOp, type: FieldType): ValueOp | undefined {
  if (type.kind === "struct") return own;
  if (type.kind === "union") return undefined;
  return { ...own, read: (r, depth, keeps) => own.readInfo(r).read(r, depth, keeps) };
}

function elementVersion(
  stated: StatedType,
  element: ElementType,
  scope: TypeScope,
  bind: Bind,
): ElementOp | "own" | undefined {
  const mine = elementOf(element, scope, bind);
  const op = versionOp(stated, element.type, mine.op, scope, bind);
  if (op === mine.op) return "own";
  return op && { ...mine, op };
}

/** Returns an op that reads a dense array of the same element kind as our list. */
function fromArray(id: number, element: ElementType, own: ValueOp): ValueOp | undefined {
  const kind = Object.entries(arrayTypeId).find(([, typeId]) => typeId === id)?.[0];
  if (kind === undefined || !sameNumbers(builtInId(element.type), kind)) return undefined;
  const big = "as" in element.type && element.type.as === "number" && kind.endsWith("64");
  return listFromArray(arrayOp(kind as keyof typeof arrayTypeId), own, big);
}

/** Returns true if a type id is one of the forms of an array's elements. */
function sameNumbers(id: number, element: string): boolean {
  const forms: Readonly<Record<string, readonly number[]>> = {
    int32: [TypeId.int32, TypeId.varint32],
    int64: [TypeId.int64, TypeId.varint64, TypeId.tagged_int64],
    uint32: [TypeId.uint32, TypeId.var_uint32],
    uint64: [TypeId.uint64, TypeId.var_uint64, TypeId.tagged_uint64],
  };
  return (forms[element] ?? [TypeId[element as "int8"]]).includes(id);
}
