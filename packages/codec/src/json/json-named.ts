import { asFailure, fail } from "../failure.ts";
import { type CaseValue, notOfCases, partsOf } from "../schema/case-value.ts";
import { extForm, extValue } from "../schema/ext-value.ts";
import type { CaseUnion, ElementType, ExtType } from "../schema/field-type.ts";
import { isObject, type JsonElement, readElement, writeElement } from "./json-containers.ts";
import { checkDepth, expected, type JsonOp } from "./json-op.ts";
import { unexpectedFields } from "./unexpected-fields.ts";

const keys = ["case", "value"];

/** The op of a union of numbered cases: an object with the number and the value. */
export function jsonCase(
  type: CaseUnion,
  elementOf: (element: ElementType) => JsonElement,
  maxDepth: number,
): JsonOp {
  const made = new Map<ElementType, JsonElement>();
  const formOf = (element: ElementType): JsonElement => {
    let form = made.get(element);
    if (!form) {
      form = elementOf(element);
      made.set(element, form);
    }
    return form;
  };
  return {
    write(given, depth) {
      checkDepth(depth, maxDepth);
      const { number, value, element } = partsOf(type, given);
      return `{"case":${number},"value":${inValue(() => writeElement(value, formOf(element), depth))}}`;
    },
    read(json, depth) {
      checkDepth(depth, maxDepth);
      if (!isObject(json)) throw expected("an object of case and value", json);
      const unexpected = Object.keys(json).filter((key) => !keys.includes(key));
      if (unexpected.length > 0) throw unexpectedFields(unexpected, keys);
      const number = Object.hasOwn(json, "case") ? json.case : undefined;
      const element = type.cases().get(number as number);
      if (!element) throw fail("mismatch", notOfCases(number, type.cases())).inField("case");
      const value = Object.hasOwn(json, "value") ? json.value : null;
      const read = inValue(() => {
        if (value === null && !element.nullable && element.type.kind !== "any") {
          throw fail("data", "is missing");
        }
        return readElement(value, formOf(element), depth);
      });
      return { case: number as number, value: read } satisfies CaseValue;
    },
  };
}

function inValue<T>(run: () => T): T {
  try {
    return run();
  } catch (reason) {
    throw asFailure(reason).inField("value");
  }
}

/** The op of an ext: instances of a class of the program's, in the form of another type. */
export function jsonExt(type: ExtType, form: JsonElement): JsonOp {
  return {
    write: (value, depth) => writeElement(extForm(type, value), form, depth),
    read: (json, depth) => extValue(type, readElement(json, form, depth)),
  };
}
