import { asFailure, fail, kindOf } from "../../failure.ts";
import { notOfCases, partsOf } from "../../schema/case-value.ts";
import { Choices, type UnionType } from "../../schema/choices.ts";
import type { CaseUnion, ElementType } from "../../schema/field-type.ts";
import type { WireTypeInfo } from "../../schema/wire-type-info.ts";
import { numberBytes, putNumber } from "../native-number.ts";
import { makeShape } from "../records/shape.ts";
import { hasKeys } from "../records/shape-cache.ts";
import type { NativeOp } from "./checker.ts";

const shape = makeShape(["case", "value"]);

/** The op of a union of numbered cases: a plain object with the number and the value. */
export function caseNative(type: CaseUnion, opOf: (element: ElementType) => NativeOp): NativeOp {
  const ops = new Map<ElementType, NativeOp>();
  const valueOp = (element: ElementType): NativeOp => {
    let op = ops.get(element);
    if (!op) {
      op = opOf(element);
      ops.set(element, op);
    }
    return op;
  };
  const self: NativeOp = {
    form: () => self,
    write(w, given, depth, keeps) {
      const { number, value, element } = partsOf(type, given);
      if (!w.opened(given as object, depth, self, keeps)) return;
      w.shape(shape);
      w.pos = putNumber(w.room(w.pos, numberBytes), w.pos, number);
      inValue(() => valueOp(element).write(w, value, depth + 1, keeps));
    },
    check(c, value, depth, keeps) {
      if (typeof value !== "object" || value === null) throw expected(type, value);
      if (Object.getPrototypeOf(value) !== Object.prototype) throw expected(type, value);
      if (!c.enter(self, value, depth, keeps)) return;
      if (!hasKeys(shape, Object.keys(value))) {
        throw fail("mismatch", `${type.named.tag} must have the keys case and value`);
      }
      const parts = value as { readonly case: unknown; readonly value: unknown };
      const element = type.cases().get(parts.case as number);
      if (!element) throw fail("mismatch", notOfCases(parts.case, type.cases())).inField("case");
      inValue(() => valueOp(element).check?.(c, parts.value, depth + 1, keeps));
    },
  };
  return self;
}

function expected({ named }: CaseUnion, value: unknown): unknown {
  return fail("value", `expected an object of case and value (${named.tag}), got ${kindOf(value)}`);
}

function inValue(run: () => void): void {
  try {
    run();
  } catch (reason) {
    throw asFailure(reason).inField("value");
  }
}

/**
 * The op of a union of wire types. The value itself tells the options apart, in both directions.
 */
export function unionNative(type: UnionType, bind: (info: WireTypeInfo) => NativeOp): NativeOp {
  let choices: Choices | undefined;
  const optionOf = (value: unknown): NativeOp => {
    choices ??= new Choices(type, (field) => field.key);
    return bind(choices.of(value));
  };
  return {
    form: () => type,
    write: (w, value, depth, keeps) => optionOf(value).write(w, value, depth, keeps),
    check: (c, value, depth, keeps) => optionOf(value).check?.(c, value, depth, keeps),
  };
}
