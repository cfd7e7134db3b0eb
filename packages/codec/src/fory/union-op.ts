import { Choices, type UnionType } from "../choices.ts";
import { fail } from "../failure.ts";
import { type Bind, readTag } from "./binding.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { DynamicOp, ValueOp } from "./value-op.ts";

/** One of several wire types: each value brings its type info (docs/fory.md, "Unions"). */
export function unionOp(type: UnionType, bind: Bind): ValueOp {
  let choices: Choices | undefined;
  const known = (): Choices => {
    choices ??= new Choices(type, (field) => field.key);
    return choices;
  };
  const classify = (value: unknown): ValueOp => bind(known().of(value));
  const readType = (r: ByteReader): ValueOp => {
    const tag = readTag(r);
    const info = known().byTag.get(tag);
    if (!info) throw fail("mismatch", `${tag.slice(0, 80)} is not an option of this union`);
    return bind(info);
  };
  const dynamic: DynamicOp = { classify, readType };
  return {
    dynamic,
    cost: 128,
    write(w, value, depth) {
      const op = classify(value);
      op.writeInfo(w);
      op.write(w, value, depth);
    },
    read: (r, depth) => readType(r).read(r, depth),
    writeInfo: () => undefined,
    readInfo: () => undefined,
  };
}
