import { TypeId } from "../../bytes/type-id.ts";
import { fail, kindOf } from "../../failure.ts";
import type { ExtType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import { TypedValue } from "../../schema/typed-value.ts";
import { isBytes, isDate, isMap, isPlainObject, isSet } from "../../value-kind.ts";
import type { Bind } from "../binding.ts";
import { type Candidates, inScope, readStruct, readTypeName } from "../struct-info.ts";
import type { XlangReader } from "../xlang-reader.ts";
import { anyMap, readAnyMap } from "./any-map.ts";
import type { ElementOp } from "./element-op.ts";
import { enumNumberOp } from "./enum-op.ts";
import { extOp } from "./ext-op.ts";
import { listOp, setOp } from "./list-op.ts";
import { mapOp, recordOp } from "./map-op.ts";
import {
  boolOp,
  bytesOp,
  floatOp,
  integerOp,
  plainOps,
  textOp,
  timeOp,
  typedArrayOp,
} from "./plain-ops.ts";
import { TypedOps } from "./typed-op.ts";
import { anyUnionOp } from "./union-op.ts";
import { unknownOp } from "./unknown-struct.ts";
import { type AnyOp, type DynamicOp, noneOp, type ValueOp } from "./value-op.ts";

/**
 * The op of values of any type: each brings its type info (docs/fory.md, "Any"). Structs are found
 * by the tags of a scope.
 */
export function anyOp(scope: TypeScope, bind: Bind): AnyOp {
  const dynamic: DynamicOp = {
    classify: (value) => types.classify(value),
    readType: (r) => types.readType(r),
  };
  const any: AnyOp = {
    dynamic,
    cost: 112,
    shape: "any",
    accepts: () => true,
    ofId: (id) => types.ofId(id),
    write(w, value, depth, keeps) {
      const op = types.classify(value);
      op.writeInfo(w);
      op.write(w, value, depth, keeps);
    },
    read: (r, depth, keeps) => types.readType(r).read(r, depth, keeps),
    writeInfo: () => undefined,
    readInfo: dynamic.readType,
  };
  const types = new AnyTypes(any, scope, bind);
  return any;
}

/** The types that values of any type have, in one scope and one engine. */
class AnyTypes {
  readonly #any: AnyOp;
  readonly #scope: TypeScope;
  readonly #bind: Bind;
  readonly #typed: TypedOps;
  readonly #structs: Candidates;
  readonly #exts = new Map<ExtType, ValueOp>();
  readonly #containers: Containers;
  readonly #byId: ReadonlyMap<number, ValueOp>;

  constructor(any: AnyOp, scope: TypeScope, bind: Bind) {
    this.#any = any;
    this.#scope = scope;
    this.#bind = bind;
    this.#typed = new TypedOps(scope, bind);
    this.#structs = inScope(scope, bind, (what, meta) => {
      if (meta) return unknownOp(meta, scope, bind);
      throw fail("mismatch", `the type ${what} is not known here`);
    });
    const containers = containersOf(any);
    this.#containers = containers;
    this.#byId = new Map(plainOps)
      .set(TypeId.list, containers.list)
      .set(TypeId.set, containers.set)
      .set(TypeId.map, containers.map)
      .set(TypeId.none, noneOp);
  }

  ofId(id: number): ValueOp | undefined {
    return this.#typed.ofId(id) ?? this.#byId.get(id);
  }

  classify(value: unknown): ValueOp {
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
        return value === null ? noneOp : this.#ofObject(value);
      default:
        throw fail("value", `a ${typeof value} has no form on the wire`);
    }
  }

  #ofObject(value: object): ValueOp {
    const { list, set, map, record } = this.#containers;
    if (Array.isArray(value)) return list;
    if (value instanceof Uint8Array) return bytesOp;
    if (value instanceof Date) return timeOp;
    if (value instanceof Set) return set;
    if (value instanceof Map) return map;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return record;
    const info = this.#scope.ofClass(value);
    if (info) return this.#bind(info);
    if (value instanceof TypedValue) return this.#typed.of(value);
    const ext = this.#scope.extOf(value);
    if (ext) return this.#ofExt(ext);
    return typedArrayOp(value) ?? this.#ofForeign(value);
  }

  /** Returns the op of an object that another realm made. */
  #ofForeign(value: object): ValueOp {
    const { set, map, record } = this.#containers;
    if (isPlainObject(value)) return record;
    if (isBytes(value)) return bytesOp;
    if (isDate(value)) return timeOp;
    if (isSet(value)) return set;
    if (isMap(value)) return map;
    throw fail(
      "value",
      `a ${kindOf(value)} has no form on the wire: bind its class to a wire type, or give its type with typed()`,
    );
  }

  #ofExt(type: ExtType): ValueOp {
    let op = this.#exts.get(type);
    if (!op) {
      op = extOp(type, this.#scope, this.#bind);
      this.#exts.set(type, op);
    }
    return op;
  }

  readType(r: XlangReader): ValueOp {
    const id = r.bytes[r.pos];
    switch (id) {
      case TypeId.namedStruct:
      case TypeId.namedCompatibleStruct:
      case TypeId.compatibleStruct:
      case TypeId.struct:
        return readStruct(r, this.#bind.profile, this.#structs);
      case TypeId.enum:
      case TypeId.namedEnum:
        return this.#named(this.#readName(r, TypeId.enum)) ?? enumNumberOp;
      case TypeId.ext:
      case TypeId.namedExt: {
        const name = this.#readName(r, TypeId.ext);
        const op = this.#named(name);
        if (op) return op;
        throw fail("mismatch", `the type ${String(name).slice(0, 80)} is not known here`);
      }
      case TypeId.typedUnion:
      case TypeId.namedUnion:
        return this.#named(this.#readName(r, TypeId.typedUnion)) ?? anyUnionOp(this.#any);
    }
    r.byte();
    const op = this.ofId(id ?? -1);
    if (!op) throw fail("data", `type id ${id} is not known here`);
    return op;
  }

  #readName(r: XlangReader, byNumber: number): string | number {
    return r.byte() === byNumber ? r.small() : readTypeName(r, this.#bind.profile);
  }

  #named(name: string | number): ValueOp | undefined {
    const type = this.#scope.findNamed(name);
    return type && (type.kind === "ext" ? this.#ofExt(type) : this.#typed.ofNamed(type));
  }
}

/** The ops of containers of any values. */
interface Containers {
  readonly list: ValueOp;
  readonly set: ValueOp;
  readonly map: ValueOp;
  /** Plain objects, which are written as maps. */
  readonly record: ValueOp;
}

function containersOf(any: AnyOp): Containers {
  const item: ElementOp = { op: any, nullable: true, optional: false, typed: false };
  const key: ElementOp = { op: textOp, nullable: false, optional: false, typed: false };
  const map: ValueOp = {
    ...mapOp(item, item),
    ...anyMap,
    read: (r, depth, keeps) => readAnyMap(r, item, depth, keeps),
  };
  // a record writes its keys as values of any type too, for readers without a schema
  const record: ValueOp = {
    ...recordOp(key, item),
    ...anyMap,
    write(w, value, depth, keeps) {
      map.write(w, new Map(Object.entries(value as object)), depth, keeps);
    },
  };
  return { list: listOp(item), set: setOp(item), map, record };
}
