import { asFailure, Failure, fail, kindOf } from "../failure.ts";
import type { ExtType } from "./field-type.ts";

/** Returns the wire form of an instance. Throws a `value` failure for anything else. */
export function extForm(type: ExtType, value: unknown): unknown {
  if (value instanceof type.class) return type.encode(value as never);
  throw fail("value", `expected a ${type.class.name} (${type.named.tag}), got ${kindOf(value)}`);
}

/** Returns the instance for a wire form. If the program's function throws, the data is bad. */
export function extValue(type: ExtType, form: unknown): unknown {
  try {
    return type.decode(form as never);
  } catch (reason) {
    const { code, text } = asFailure(reason);
    if (code !== "value") throw reason;
    throw new Failure("data", `${type.named.tag}: ${text}`, { cause: reason });
  }
}
