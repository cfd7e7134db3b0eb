import { TypeId } from "../../bytes/type-id.ts";
import { fail } from "../../failure.ts";
import { Choices, type UnionType } from "../../schema/choices.ts";
import type { WireTypeInfo } from "../../schema/wire-type-info.ts";
import type { Bind, Binding } from "../binding.ts";
import { shapeOf } from "../plan.ts";
import { absent, Flag, readFlagged, writeFlag } from "../references.ts";
import { readStruct, readTypeName } from "../struct-info.ts";
import type { XlangReader } from "../xlang-reader.ts";
import { type DynamicOp, plainOp, type ValueOp } from "./value-op.ts";

/** The op of a union of wire types (docs/fory.md, "Unions"). */
export function unionOp(type: UnionType, bind: Bind): ValueOp {
  const known = choicesOf(type);
  const option = makeOption(type, bind, known);
  return bind.profile.id === "A" ? option : caseOp(type, option, known);
}

/** The op of the option alone, in both profiles. It also reads a union with a name of its own. */
export function optionOf(type: UnionType, bind: Bind): ValueOp {
  const option = makeOption(type, bind, choicesOf(type));
  const inCase: ValueOp = { ...option, read: readCase(option) };
  return {
    ...option,
    readInfo(r) {
      const id = r.bytes[r.pos];
      if (id !== TypeId.typedUnion && id !== TypeId.namedUnion) return option.dynamic.readType(r);
      r.byte();
      if (id === TypeId.typedUnion) r.small();
      else readTypeName(r, bind.profile);
      return inCase;
    },
  };
}

function choicesOf(type: UnionType): () => Choices {
  let choices: Choices | undefined;
  return () => {
    choices ??= new Choices(type, (field) => field.key);
    return choices;
  };
}

function makeOption(
  type: UnionType,
  bind: Bind,
  known: () => Choices,
): ValueOp & { readonly dynamic: DynamicOp } {
  const find = (matches: (info: WireTypeInfo) => boolean): Binding | undefined => {
    const info = [...known().byTag.values()].find(matches);
    return info && bind(info);
  };
  const dynamic: DynamicOp = {
    classify: (value) => bind(known().of(value)),
    readType: (r) =>
      readStruct(r, bind.profile, {
        find: (tag) => find((info) => info.tag === tag),
        findId: (id) => find((info) => info.typeId === id),
        unknown: (what) => {
          throw fail("mismatch", `${what} is not an option of this union`);
        },
      }),
  };
  return optionOp(dynamic, new Set(type.options.map((one) => shapeOf(one.info()))));
}

/** The op of a value with type info. */
function optionOp(
  dynamic: DynamicOp,
  shapes: ReadonlySet<string>,
): ValueOp & { readonly dynamic: DynamicOp } {
  return {
    dynamic,
    cost: 190,
    shape: `union<${[...shapes].join("|")}>`,
    accepts: (shape) => shapes.has(shape),
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

/** The op of profile B: the number of the option, a flag, and the option. */
function caseOp(
  type: UnionType,
  option: ValueOp & { readonly dynamic: DynamicOp },
  choices: () => Choices,
): ValueOp {
  return {
    ...plainOp(
      TypeId.union,
      (w, value, depth, keeps) => {
        const info = choices().of(value);
        w.putSmall(type.options.findIndex((one) => one.info() === info));
        const op = option.dynamic.classify(value);
        if (w.tracking) {
          if (!writeFlag(w, value, op, keeps)) return;
        } else w.putByte(Flag.value);
        op.writeInfo(w);
        op.write(w, value, depth);
      },
      readCase(option),
      128,
      option.shape,
    ),
    accepts: (shape) => option.accepts?.(shape) === true,
    readInfo: (r) => {
      throw fail("mismatch", `type info of a union (type id ${r.byte()}) where none is expected`);
    },
  };
}

function readCase(option: ValueOp): ValueOp["read"] {
  return (r, depth, keeps) => {
    r.small();
    const value = readFlagged(r, option, depth, absent, keeps);
    if (value === absent) throw fail("data", "null in a union");
    return value;
  };
}

/** Makes an op that reads unions which only the writer has. */
export function anyUnionOp(any: ValueOp): ValueOp {
  return {
    ...any,
    read(r: XlangReader, depth, keeps) {
      r.small();
      return readFlagged(r, any, depth, null, keeps);
    },
  };
}
