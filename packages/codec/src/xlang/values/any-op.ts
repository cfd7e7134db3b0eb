import { arrayClass, float16Class } from "../../bytes/array-class.ts";
import { bigInteger, safeInteger } from "../../bytes/integer.ts";
import { arrayTypeId, TypeId } from "../../bytes/type-id.ts";
import { putVarint64, putVarintBig, readVarintBig } from "../../bytes/varint.ts";
import { fail, kindOf } from "../../failure.ts";
import type { ArrayElementKind, ExtType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import { TypedValue } from "../../schema/typed-value.ts";
import type { Bind } from "../binding.ts";
import { inScope, readStruct, readTypeName } from "../struct-info.ts";
import type { XlangReader } from "../xlang-reader.ts";
import { readAnyMap } from "./any-map.ts";
import { arrayOp, float8ArrayOp } from "./array-op.ts";
import { enumNumberOp } from "./enum-op.ts";
import { extOp } from "./ext-op.ts";
import { type ElementOp, listOp, noneOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import { plainOp } from "./plain-op.ts";
import { scalarOp } from "./scalar-op.ts";
import { TypedOps } from "./typed-op.ts";
import { anyUnionOp } from "./union-op.ts";
import { unknownOp } from "./unknown-struct.ts";
import type { DynamicOp, PlainOp, ValueOp } from "./value-op.ts";

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
const arrayKinds = Object.keys(arrayTypeId) as ArrayElementKind[];
/** Those that a typed array says by its class; bytes are binary. */
const arrayOps = arrayKinds
  .filter((kind) => kind !== "bool" && kind !== "uint8" && kind !== "bfloat16")
  .filter((kind) => kind !== "float16" || float16Class)
  .map((kind) => ({ Class: arrayClass[kind as "int8"], op: arrayOp(kind) }));

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
  float8ArrayOp,
  ...arrayKinds.map((kind) => arrayOp(kind)),
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
  const typedOps = new TypedOps(scope, bind);
  const dynamic: DynamicOp = { classify, readType };
  const exts = new Map<ExtType, ValueOp>();
  const any: AnyOp = {
    dynamic,
    cost: 32,
    shape: "any",
    accepts: () => true,
    ofId: (id) => typedOps.ofId(id) ?? byId.get(id),
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
    [boolOp, floatOp, textOp, bytesOp, timeOp, integerOp, ...readOnly].map((op) => [op.typeId, op]),
  );
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
    if (value instanceof TypedValue) return typedOps.of(value);
    const ext = scope.extOf(value);
    if (ext) return extOf(ext);
    const array = arrayOps.find(({ Class }) => value instanceof Class);
    if (array) return array.op;
    throw fail(
      "value",
      `a ${kindOf(value)} has no form on the wire: bind its class to a wire type, or say its type with typed()`,
    );
  }

  function extOf(type: ExtType): ValueOp {
    let op = exts.get(type);
    if (!op) {
      op = extOp(type, scope, bind);
      exts.set(type, op);
    }
    return op;
  }

  function named(name: string | number): ValueOp | undefined {
    const type = scope.findNamed(name);
    return type && (type.kind === "ext" ? extOf(type) : typedOps.ofNamed(type));
  }

  function readType(r: XlangReader): ValueOp {
    const id = r.bytes[r.pos];
    switch (id) {
      case TypeId.namedStruct:
      case TypeId.namedCompatibleStruct:
      case TypeId.compatibleStruct:
      case TypeId.struct:
        return readStruct(r, bind.profile, types);
      case TypeId.enum:
      case TypeId.namedEnum:
        return named(readName(r, TypeId.enum)) ?? enumNumberOp;
      case TypeId.ext:
      case TypeId.namedExt: {
        const name = readName(r, TypeId.ext);
        const op = named(name);
        if (op) return op;
        throw fail("mismatch", `the type ${String(name).slice(0, 80)} is not known here`);
      }
      case TypeId.typedUnion:
      case TypeId.namedUnion:
        return named(readName(r, TypeId.typedUnion)) ?? anyUnionOp(any);
    }
    r.byte();
    const op = typedOps.ofId(id ?? -1) ?? byId.get(id ?? -1);
    if (!op) throw fail("data", `type id ${id} is not known here`);
    return op;
  }

  function readName(r: XlangReader, byNumber: number): string | number {
    return r.byte() === byNumber ? r.small() : readTypeName(r, bind.profile);
  }

  return any;
}
