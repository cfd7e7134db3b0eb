import { asFailure, Failure, fail, kindOf } from "../failure.ts";
import type { ExtType } from "../field-type.ts";
import { type JsonElement, readElement, writeElement } from "./json-containers.ts";
import type { JsonOp } from "./json-op.ts";

/** Instances of a class of the program's, as the values of their form. */
export function jsonExt(type: ExtType, form: JsonElement): JsonOp {
  return {
    write(value, depth) {
      if (!(value instanceof type.class)) {
        throw fail("value", `expected a ${type.class.name}, got ${kindOf(value)}`);
      }
      return writeElement(type.encode(value as never), form, depth);
    },
    read(json, depth) {
      const given = readElement(json, form, depth);
      try {
        return type.decode(given as never);
      } catch (reason) {
        const { text } = asFailure(reason);
        throw new Failure("data", `${type.named.tag}: ${text}`, { cause: reason });
      }
    },
  };
}
