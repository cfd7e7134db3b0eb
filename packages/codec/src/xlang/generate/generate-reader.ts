import { recordMaker } from "../../codegen/record-maker.ts";
import { different, Source, tooMuch } from "../../codegen/source.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import type { Bind, ReadStruct } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { begin, Flag, readFlagged } from "../references.ts";
import { ReadCode } from "./read-code.ts";
import type { ReadPlan, ReadStep } from "./read-plan.ts";

export interface ReaderOptions {
  /** The bytes before the fields. */
  readonly lead: Uint8Array;
  /** The cost of each value, if the enclosing container has not charged it. */
  readonly cost: number;
}

/**
 * Generates the function that reads the fields of a plan, behind the bytes of `lead`. In the code
 * `r` is the reader, `d` the depth, `b` the bytes, `e` their end, `p` the position. Reading behind
 * the end gives undefined, which no check accepts.
 */
export function generateReader(
  plan: TypePlan,
  reads: ReadPlan,
  bind: Bind,
  options: ReaderOptions,
): ReadStruct {
  return new ReaderSource(plan, bind).compile(reads, options);
}

class ReaderSource {
  readonly #source = new Source();
  readonly #plan: TypePlan;
  readonly #code: ReadCode;

  constructor(plan: TypePlan, bind: Bind) {
    this.#plan = plan;
    this.#code = new ReadCode(this.#source, plan, bind);
  }

  compile(plan: ReadPlan, { lead, cost }: ReaderOptions): ReadStruct {
    const { steps, missing } = plan;
    const { declared, info } = this.#plan;
    const others = [...lead].map((byte, i) => `b[p+${i}]!==${byte}`).join("||");
    this.#source.add(
      `const b=r.bytes,e=r.end;let p=r.pos,c,n,o;if(d>r.maxDepth)throw ${this.#source.constant(tooMuch)};`,
    );
    if (cost > 0) this.#source.add(`r.charge(${cost});`);
    if (others !== "") {
      this.#source.add(`if(${others})throw ${this.#source.constant(different)};p+=${lead.length};`);
    }
    const maker = this.#source.constant(recordMaker(declared.map((field) => field.key)));
    const begun = `${this.#source.constant(begin)}(r,o,${this.#source.constant(this.#plan.target)});`;
    const prototype = info.class && this.#source.constant(info.class.prototype);
    const blank = prototype ? `Object.create(${prototype})` : `new ${maker}()`;
    this.#source.add(`if(r.pending>=0){o=${blank};${begun}}`);
    const variables = new Map<WireField, string>();
    for (const step of steps) {
      const variable = this.#source.variable();
      if (step.field) variables.set(step.field, variable);
      this.#source.add(`let ${variable};${this.#step(step, variable)}`);
    }
    for (const { field, value } of missing) {
      const variable = this.#source.variable();
      variables.set(field, variable);
      this.#source.add(`const ${variable}=${this.#source.constant(value)}();`);
    }
    this.#source.add("r.pos=p;");
    const values = declared.map((field) => [field.key, variables.get(field) ?? ""] as const);
    if (prototype) this.#source.add(`if(o===undefined)o=${blank};${this.#sets(values)}return o;`);
    else
      this.#source.add(
        `if(o!==undefined){${this.#sets(values)}return o;}return new ${maker}(${values.map(([, x]) => x).join(",")});`,
      );
    return this.#source.compile("r,d") as ReadStruct;
  }

  #sets(values: readonly (readonly [string, string])[]): string {
    return values.map(([key, x]) => this.#source.set("o", key, x)).join("");
  }

  #step(step: ReadStep, x: string): string {
    const { field, op, own, keeps } = step;
    const value =
      own && field
        ? this.#code.field(field.type, x, keeps)
        : `r.pos=p;${x}=${this.#source.constant(op)}.read(r,d+1,${keeps});p=r.pos;`;
    if (!step.flagged) return value;
    const none = `${x}=${this.#empty(step)};`;
    return own && field
      ? this.#code.flagged({ type: field.type, op, keeps }, x, 1, value, none)
      : this.#slow(step, x, value, none);
  }

  #slow({ op, keeps }: ReadStep, x: string, value: string, none: string): string {
    const flagged = this.#source.constant(readFlagged);
    return (
      `c=b[p++];if(c===${Flag.null}){${none}}else if(c===${Flag.value}){${value}}else{r.pos=p-1;` +
      `${x}=${flagged}(r,${this.#source.constant(op)},d+1,undefined,${keeps});p=r.pos;}`
    );
  }

  #empty({ field, empty }: ReadStep): string {
    if (field?.nullable && !field.default) return field.optional ? "undefined" : "null";
    return `${this.#source.constant(empty)}()`;
  }
}
