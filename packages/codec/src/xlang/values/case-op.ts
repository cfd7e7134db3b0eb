import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import { type CaseValue, notOfCases, partsOf } from "../../schema/case-value.ts";
import type { CaseUnion, ElementType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { nameReader, nameWriter } from "../name-info.ts";
import { absent, begin, Flag, readFlagged, writeFlag } from "../references.ts";
import type { ValueOp } from "./value-op.ts";
import { containerOp } from "./value-op.ts";

/** Memory of the object of a value. */
const objectCost = 40;

interface CaseOp {
  readonly op: ValueOp;
  /** Reads the type info of the value, and the value. */
  readonly read: ValueOp;
}

/** One of some numbered cases: the number, a flag, and the value with its type info (docs/fory.md, "Unions of numbered cases"). */
export function caseOp(type: CaseUnion, scope: TypeScope, bind: Bind): ValueOp {
  const { named } = type;
  const shape = `union ${named.tag}`;
  const ops = new Map<ElementType, CaseOp>();
  const opOf = (element: ElementType): CaseOp => {
    let one = ops.get(element);
    if (!one) {
      const op = bind.ops.self(element.type, scope);
      one = { op, read: { ...op, read: (r, depth) => op.readInfo(r).read(r, depth) } };
      ops.set(element, one);
    }
    return one;
  };
  const op = containerOp(
    TypeId.typedUnion,
    (w, given, depth) => {
      w.checkDepth(depth);
      const { number, value, element } = partsOf(type, given);
      w.putSmall(number);
      if (value === undefined || value === null) {
        w.putByte(Flag.null);
        return;
      }
      try {
        const { op: own } = opOf(element);
        const valueOp = own.dynamic?.classify(value) ?? own;
        if (!w.tracking) w.putByte(Flag.value);
        else if (!writeFlag(w, value, valueOp)) return;
        valueOp.writeInfo(w);
        valueOp.write(w, value, depth + 1);
      } catch (reason) {
        throw asFailure(reason).inField("value");
      }
    },
    (r, depth) => {
      r.checkDepth(depth);
      r.charge(objectCost);
      const number = r.small();
      const element = type.cases().get(number);
      if (!element) throw fail("mismatch", notOfCases(number, type.cases())).inField("case");
      const out: CaseValue = { case: number, value: undefined };
      begin(r, out, shape);
      try {
        out.value = readFlagged(r, opOf(element).read, depth + 1, absent);
      } catch (reason) {
        throw asFailure(reason).inField("value");
      }
      if (out.value !== absent) return out;
      if (!element.nullable && element.type.kind !== "any") {
        throw fail("data", "null where a value should be").inField("value");
      }
      out.value = element.optional ? undefined : null;
      return out;
    },
    0,
    shape,
  );
  const readOwnInfo = nameReader("union", named, bind.profile);
  const self: ValueOp = {
    ...op,
    writeInfo: nameWriter("union", named, bind.profile),
    readInfo(r) {
      readOwnInfo(r);
      return self;
    },
  };
  return self;
}
