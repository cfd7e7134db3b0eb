import { fail, kindOf } from "../failure.ts";
import type { ArrayElementKind } from "../field-type.ts";
import type { TypeScope } from "../type-scope.ts";
import { readAnyMap } from "./any-map.ts";
import { arrayClass, arrayOp, readOnlyArrays } from "./array-op.ts";
import type { Bind } from "./binding.ts";
import type { ByteReader } from "./byte-reader.ts";
import { enumNumberOp } from "./enum-op.ts";
import { bigInteger, safeInteger } from "./integer.ts";
import { type ElementOp, listOp, noneOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { plainOp } from "./plain-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { inScope, readStruct, skipTypeName } from "./struct-info.ts";
import { arrayTypeId, TypeId } from "./type-id.ts";
import { anyUnionOp } from "./union-op.ts";
import { unknownOp } from "./unknown-struct.ts";
import type { DynamicOp, PlainOp, ValueOp } from "./value-op.ts";
import { putVarint64, putVarintBig, readVarintBig } from "./varint.ts";

/** Integers that a number holds are numbers; others are bigints. Both sides of that line are one type on the wire. */
const integerOp: PlainOp = plainOp(
  TypeId.varint64,
  (w, value) => {
    const b = w.room(w.pos, 9);
    w.pos =
      typeof value === "bigint"
        ? putVarintBig(b, w.pos, bigInteger(value, true))
        : putVarint64(b, w.pos, safeInteger(value));
  },
  (r) => {
    const value = readVarintBig(r);
    const near = Number(value);
    return Number.isSafeInteger(near) ? near : value;
  },
  16,
);

const boolOp = scalarOp({ kind: "bool" });
const floatOp = scalarOp({ kind: "float64" });
const textOp = scalarOp({ kind: "string" });
const bytesOp = scalarOp({ kind: "binary" });
const timeOp = scalarOp({ kind: "timestamp" });
const arrayOps = Object.keys(arrayTypeId).map((kind) => ({
  kind: kind as ArrayElementKind,
  op: arrayOp(kind as ArrayElementKind),
}));

/** Other types that a message may name; they are written by nobody here. */
const readOnly = [
  scalarOp({ kind: "int8" }),
  scalarOp({ kind: "int16" }),
  scalarOp({ kind: "int32" }),
  scalarOp({ kind: "varint32" }),
  scalarOp({ kind: "uint8" }),
  scalarOp({ kind: "uint16" }),
  scalarOp({ kind: "uint32" }),
  scalarOp({ kind: "var_uint32" }),
  scalarOp({ kind: "int64", as: "bigint" }),
  scalarOp({ kind: "uint64", as: "bigint" }),
  scalarOp({ kind: "var_uint64", as: "bigint" }),
  scalarOp({ kind: "float32" }),
  scalarOp({ kind: "float16" }),
  scalarOp({ kind: "bfloat16" }),
  scalarOp({ kind: "tagged_int64", as: "bigint" }),
  scalarOp({ kind: "tagged_uint64", as: "bigint" }),
  scalarOp({ kind: "duration" }),
  scalarOp({ kind: "decimal" }),
  ...readOnlyArrays,
];

const anyOps = new WeakMap<Bind, WeakMap<TypeScope, AnyOp>>();

/** The op of any value, which finds the op of a type id too. */
export interface AnyOp extends ValueOp {
  readonly dynamic: DynamicOp;
  /** The op of values of a type that is its id alone. */
  ofId(id: number): ValueOp | undefined;
}

/** Any value: each brings its type info (docs/fory.md, "Any"). Structs are known by the tags of a scope. */
export function anyOp(scope: TypeScope, bind: Bind): AnyOp {
  let ofBind = anyOps.get(bind);
  if (!ofBind) {
    ofBind = new WeakMap();
    anyOps.set(bind, ofBind);
  }
  let op = ofBind.get(scope);
  if (!op) {
    op = makeAny(scope, bind);
    ofBind.set(scope, op);
  }
  return op;
}

function makeAny(scope: TypeScope, bind: Bind): AnyOp {
  const generation = bind.profile.id;
  const dynamic: DynamicOp = { classify, readType };
  const any: AnyOp = {
    dynamic,
    cost: 32,
    shape: "any",
    accepts: () => true,
    ofId: (id) => byId.get(id),
    write(w, value, depth) {
      const op = classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: readType,
  };
  const types = inScope(scope, bind, (what, def) => {
    if (def) return unknownOp(def, scope, bind);
    throw fail("mismatch", `the type ${what} is not known here`);
  });
  const item: ElementOp = { op: any, nullable: true, optional: false, typed: false };
  const list = listOp(item);
  const set = setOp(item);
  const record = recordOp({ op: textOp, nullable: false, optional: false, typed: false }, item);
  const byKeys: ValueOp = {
    ...mapOp(item, item),
    read: (r, depth) => readAnyMap(r, item, depth),
  };
  // a record writes its keys as any values too, so that readers without a schema take them
  const keyed: ValueOp = {
    ...record,
    write(w, value, depth) {
      byKeys.write(w, new Map(Object.entries(value as object)), depth);
    },
  };
  const byId = new Map<number, ValueOp>(
    [
      boolOp,
      floatOp,
      textOp,
      bytesOp,
      timeOp,
      integerOp,
      scalarOp({ kind: "date" }, bind.profile),
      ...readOnly,
    ].map((op) => [op.typeId, op]),
  );
  for (const { kind, op } of arrayOps) byId.set(arrayTypeId[kind], op);
  byId.set(TypeId.list, list).set(TypeId.set, set).set(TypeId.map, byKeys).set(TypeId.none, noneOp);

  function classify(value: unknown): ValueOp {
    switch (typeof value) {
      case "undefined":
        return noneOp;
      case "boolean":
        return boolOp;
      case "string":
        return textOp;
      case "bigint":
        return integerOp;
      case "number":
        return Number.isSafeInteger(value) && !Object.is(value, -0) ? integerOp : floatOp;
      case "object":
        return value === null ? noneOp : ofObject(value);
      default:
        throw fail("value", `a ${typeof value} has no form on the wire`);
    }
  }

  function ofObject(value: object): ValueOp {
    if (Array.isArray(value)) return list;
    if (value instanceof Uint8Array) return bytesOp;
    if (value instanceof Date) return timeOp;
    if (value instanceof Set) return set;
    if (value instanceof Map) return byKeys;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return keyed;
    const info = scope.ofClass(value);
    if (info) return bind(info);
    const array = arrayOps.find(({ kind }) => value instanceof arrayClass[kind]);
    if (array) return array.op;
    throw fail(
      "value",
      `a ${kindOf(value)} has no form on the wire: bind its class to a wire type`,
    );
  }

  function readType(r: ByteReader): ValueOp {
    const id = r.bytes[r.pos];
    switch (id) {
      case TypeId.namedStruct:
      case TypeId.namedCompatibleStruct:
      case TypeId.compatibleStruct:
        return readStruct(r, generation, types);
      case TypeId.enum:
      case TypeId.typedUnion:
        r.byte();
        r.small();
        return id === TypeId.enum ? enumNumberOp : anyUnionOp(any);
      case TypeId.namedEnum:
      case TypeId.namedUnion:
        r.byte();
        skipTypeName(r, generation);
        return id === TypeId.namedEnum ? enumNumberOp : anyUnionOp(any);
    }
    r.byte();
    const op = byId.get(id ?? -1);
    if (!op) throw fail("data", `type id ${id} is not known here`);
    return op;
  }

  return any;
}
