import { extForm, extValue } from "../schema/ext-value.ts";
import type { ExtType } from "../schema/field-type.ts";
import { type JsonElement, readElement, writeElement } from "./json-containers.ts";
import type { JsonOp } from "./json-op.ts";

/** Instances of a class of the program's, as the values of their form. */
export function jsonExt(type: ExtType, form: JsonElement): JsonOp {
  return {
    write: (value, depth) => writeElement(extForm(type, value), form, depth),
    read: (json, depth) => extValue(type, readElement(json, form, depth)),
  };
}
