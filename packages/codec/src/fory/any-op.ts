import { fail, kindOf } from "../failure.ts";
import type { ArrayElementKind } from "../field-type.ts";
import type { TypeScope } from "../type-scope.ts";
import { arrayClass, arrayOp } from "./array-op.ts";
import { type Bind, readTag } from "./binding.ts";
import type { ByteReader } from "./byte-reader.ts";
import { bigInteger, safeInteger } from "./integer.ts";
import { type ElementOp, listOp, noneOp, setOp } from "./list-op.ts";
import { mapOp, readPairs, recordOp, setOwn } from "./map-op.ts";
import { plainOp } from "./plain-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { arrayTypeId, TypeId } from "./type-id.ts";
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
  scalarOp({ kind: "date" }),
];

/** Any value: each brings its type info (docs/fory.md, "Any"). Structs are known by the tags of a scope. */
export function anyOp(scope: TypeScope, bind: Bind): ValueOp {
  const dynamic: DynamicOp = { classify, readType };
  const any: ValueOp = {
    dynamic,
    cost: 32,
    write(w, value, depth) {
      const op = classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: () => undefined,
  };
  const item: ElementOp = { op: any, nullable: true, optional: false };
  const list = listOp(item);
  const set = setOp(item);
  const record = recordOp({ op: textOp, nullable: false, optional: false }, item);
  const byKeys: ValueOp = { ...mapOp(item, item), read: readMap };
  // a record writes its keys as any values too, so that readers without a schema take them
  const keyed: ValueOp = {
    ...record,
    write(w, value, depth) {
      byKeys.write(w, new Map(Object.entries(value as object)), depth);
    },
  };
  const byId = new Map<number, ValueOp>(
    [boolOp, floatOp, textOp, bytesOp, timeOp, integerOp, ...readOnly].map((op) => [op.typeId, op]),
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
    if (id === TypeId.namedStruct) {
      const tag = readTag(r);
      const info = scope.find(tag);
      if (!info) throw fail("mismatch", `the type ${tag.slice(0, 80)} is not known here`);
      return bind(info);
    }
    r.byte();
    const op = byId.get(id ?? -1);
    if (!op) throw fail("data", `type id ${id} is not known here`);
    return op;
  }

  /** An object where all keys are text, a `Map` otherwise. */
  function readMap(r: ByteReader, depth: number): unknown {
    const pairs: [unknown, unknown][] = [];
    readPairs(r, item, item, depth, (key, value) => {
      pairs.push([key, value]);
    });
    if (pairs.some(([key]) => typeof key !== "string")) return new Map(pairs);
    const object: Record<string, unknown> = {};
    for (const [key, value] of pairs) setOwn(object, key as string, value);
    return object;
  }

  return any;
}
