import { TypeId } from "../../bytes/type-id.ts";
import { asFailure, fail } from "../../failure.ts";
import { type CaseValue, notOfCases, partsOf } from "../../schema/case-value.ts";
import type { CaseUnion, ElementType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { identityOf } from "../identity-of.ts";
import { nameReader, nameWriter } from "../name-info.ts";
import { absent, begin, Flag, readFlagged, writeFlag } from "../references.ts";
import type { XlangReader } from "../xlang-reader.ts";
import type { XlangWriter } from "../xlang-writer.ts";
import { containerOp, type Target, type ValueOp, withInfo } from "./value-op.ts";

/** Approximate memory of the object of a value. */
const objectCost = 40;

/**
 * The op of a union of numbered cases: the number, a flag, and the value with its type info
 * (docs/fory.md, "Unions of numbered cases").
 */
export function caseOp(type: CaseUnion, scope: TypeScope, bind: Bind): ValueOp {
  const cases = new Cases(type, scope, bind);
  const op = containerOp(
    TypeId.typedUnion,
    (w, given, depth, keeps) => cases.write(w, given, depth, keeps),
    (r, depth, keeps) => cases.read(r, depth, keeps),
    0,
    cases.shape,
  );
  const readOwnInfo = nameReader("union", type.named, bind.profile);
  const self: ValueOp = {
    ...op,
    writeInfo: nameWriter("union", type.named, bind.profile),
    readInfo(r) {
      readOwnInfo(r);
      return self;
    },
  };
  return self;
}

interface CaseOp {
  readonly op: ValueOp;
  /** Reads the type info of the value, and the value. */
  readonly read: ValueOp;
}

class Cases implements Target {
  readonly shape: string;
  readonly #type: CaseUnion;
  readonly #scope: TypeScope;
  readonly #bind: Bind;
  readonly #ops = new Map<ElementType, CaseOp>();

  constructor(type: CaseUnion, scope: TypeScope, bind: Bind) {
    const { named } = type;
    this.shape = `union ${named.tag} ${identityOf(named.schema)}`;
    this.#type = type;
    this.#scope = scope;
    this.#bind = bind;
  }

  write(w: XlangWriter, given: unknown, depth: number, keeps: boolean | undefined): void {
    w.checkDepth(depth);
    const { number, value, element } = partsOf(this.#type, given);
    w.putSmall(number);
    if (value === undefined || value === null) {
      w.putByte(Flag.null);
      return;
    }
    try {
      const { op: own } = this.#opOf(element);
      const valueOp = own.dynamic?.classify(value) ?? own;
      if (!w.tracking) w.putByte(Flag.value);
      else if (!writeFlag(w, value, valueOp, keeps)) return;
      valueOp.writeInfo(w);
      valueOp.write(w, value, depth + 1, keeps);
    } catch (reason) {
      throw asFailure(reason).inField("value");
    }
  }

  read(r: XlangReader, depth: number, keeps: boolean | undefined): CaseValue {
    r.checkDepth(depth);
    r.charge(objectCost);
    const number = r.small();
    const cases = this.#type.cases();
    const element = cases.get(number);
    if (!element) throw fail("mismatch", notOfCases(number, cases)).inField("case");
    const out: CaseValue = { case: number, value: undefined };
    begin(r, out, this);
    try {
      out.value = readFlagged(r, this.#opOf(element).read, depth + 1, absent, keeps);
    } catch (reason) {
      throw asFailure(reason).inField("value");
    }
    if (out.value !== absent) return out;
    if (!element.nullable && element.type.kind !== "any") {
      throw fail("data", "null where a value should be").inField("value");
    }
    out.value = element.optional ? undefined : null;
    return out;
  }

  #opOf(element: ElementType): CaseOp {
    let one = this.#ops.get(element);
    if (!one) {
      const op = this.#bind.ops.self(element.type, this.#scope);
      one = { op, read: withInfo(op) };
      this.#ops.set(element, one);
    }
    return one;
  }
}
