import { Choices, type UnionType } from "../choices.ts";
import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import type { Bind, Binding } from "./binding.ts";
import type { ByteReader } from "./byte-reader.ts";
import { Flag } from "./byte-reader.ts";
import { plainOp } from "./plain-op.ts";
import { readFlagged, writeFlag } from "./references.ts";
import { readStruct } from "./struct-info.ts";
import { TypeId } from "./type-id.ts";
import type { DynamicOp, ValueOp } from "./value-op.ts";

/** One of several wire types (docs/fory.md, "Unions"). */
export function unionOp(type: UnionType, bind: Bind): ValueOp {
  let choices: Choices | undefined;
  const known = (): Choices => {
    choices ??= new Choices(type, (field) => field.key);
    return choices;
  };
  const find = (matches: (info: WireTypeInfo) => boolean): Binding | undefined => {
    const info = [...known().byTag.values()].find(matches);
    return info && bind(info);
  };
  const dynamic: DynamicOp = {
    classify: (value) => bind(known().of(value)),
    readType: (r) =>
      readStruct(r, bind.profile.id, {
        find: (tag) => find((info) => info.tag === tag),
        findId: (id) => find((info) => info.typeId === id),
        unknown: (what) => {
          throw fail("mismatch", `${what} is not an option of this union`);
        },
      }),
  };
  const option = optionOp(dynamic, (shape) => known().byTag.has(shape));
  return bind.profile.id === "A" ? option : caseOp(type, option, known);
}

/** A value that brings its own type info. */
function optionOp(
  dynamic: DynamicOp,
  accepts: (shape: string) => boolean,
): ValueOp & { readonly dynamic: DynamicOp } {
  return {
    dynamic,
    cost: 128,
    shape: "union",
    accepts,
    write(w, value, depth) {
      const op = dynamic.classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => dynamic.readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: dynamic.readType,
  };
}

/** The number of the option, a flag, and the option. */
function caseOp(
  type: UnionType,
  option: ValueOp & { readonly dynamic: DynamicOp },
  choices: () => Choices,
): ValueOp {
  return {
    ...plainOp(
      TypeId.union,
      (w, value, depth) => {
        const info = choices().of(value);
        w.putSmall(type.options.findIndex((one) => one.info() === info));
        const op = option.dynamic.classify(value);
        if (w.tracking) {
          if (!writeFlag(w, value, op)) return;
        } else w.putByte(Flag.value);
        op.writeInfo(w);
        op.write(w, value, depth);
      },
      (r, depth) => {
        r.small();
        const value = readFlagged(r, option, depth, absent);
        if (value === absent) throw fail("data", "null in a union");
        return value;
      },
      128,
    ),
    readInfo: (r) => {
      throw fail("mismatch", `type info of a union (type id ${r.byte()}), which has none here`);
    },
  };
}

const absent: unique symbol = Symbol("absent");

/** Reads unions that only their writers know. */
export function anyUnionOp(any: ValueOp): ValueOp {
  return {
    ...any,
    read(r: ByteReader, depth) {
      r.small();
      return readFlagged(r, any, depth, null);
    },
  };
}
