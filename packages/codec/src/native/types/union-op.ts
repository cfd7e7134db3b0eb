import { Choices, type UnionType } from "../../schema/choices.ts";
import type { WireTypeInfo } from "../../schema/wire-type.ts";
import type { NativeOp } from "./native-op.ts";

/** One of several wire types, told apart in both directions by the value itself. */
export function unionNative(type: UnionType, bind: (info: WireTypeInfo) => NativeOp): NativeOp {
  let choices: Choices | undefined;
  const optionOf = (value: unknown): NativeOp => {
    choices ??= new Choices(type, (field) => field.key);
    return bind(choices.of(value));
  };
  return {
    form: () => type,
    write: (w, value, depth) => optionOf(value).write(w, value, depth),
    check: (c, value, depth) => optionOf(value).check?.(c, value, depth),
  };
}
