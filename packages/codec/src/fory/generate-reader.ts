import type { FieldType } from "../field-type.ts";
import type { WireField } from "../wire-type.ts";
import type { Bind, ReadStruct } from "./binding.ts";
import { Flag, maxUnbacked } from "./byte-reader.ts";
import { isDynamic } from "./generate-writer.ts";
import { absent } from "./list-op.ts";
import { setOwn } from "./map-op.ts";
import { opOf, typesElements } from "./ops.ts";
import type { TypePlan } from "./plan.ts";
import type { ReadPlan, ReadStep } from "./read-plan.ts";
import { begin, readFlagged } from "./references.ts";
import { floatScratch } from "./scratch.ts";
import { Source, wrong } from "./source.ts";
import { readText } from "./text.ts";
import { readVarint32, readVarint64 } from "./varint.ts";

/**
 * Generates the function that reads the fields that a plan says, behind the bytes of `lead`. In the code `r` is the reader, `d`
 * the depth, `b` the bytes, `e` their end, `p` the place in them. Reading behind the end gives
 * undefined, which no check accepts.
 */
export function generateReader(
  plan: TypePlan,
  reads: ReadPlan,
  bind: Bind,
  lead: Uint8Array,
): ReadStruct {
  return new ReaderSource(plan, bind).compile(reads, lead);
}

class ReaderSource {
  readonly #source = new Source();
  readonly #plan: TypePlan;
  readonly #bind: Bind;
  readonly #wrong: string;

  constructor(plan: TypePlan, bind: Bind) {
    this.#plan = plan;
    this.#bind = bind;
    this.#wrong = `throw ${this.#source.constant(wrong)};`;
  }

  compile({ steps, missing }: ReadPlan, lead: Uint8Array): ReadStruct {
    const { declared, info } = this.#plan;
    const different = [...lead].map((byte, i) => `||b[p+${i}]!==${byte}`).join("");
    this.#source.add(
      `const b=r.bytes,e=r.end;let p=r.pos,c,o;if(d>r.maxDepth${different})${this.#wrong}p+=${lead.length};`,
    );
    const empty = declared.map((field) => [field.key, "undefined"] as const);
    const begun = `${this.#source.constant(begin)}(r,o,${this.#source.constant(info.tag)});`;
    const prototype = info.class && this.#source.constant(info.class.prototype);
    const blank = prototype ? `Object.create(${prototype})` : literal(empty);
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
        `if(o!==undefined){${this.#sets(values)}return o;}return ${literal(values)};`,
      );
    return this.#source.compile("r,d") as ReadStruct;
  }

  #sets(values: readonly (readonly [string, string])[]): string {
    const set = this.#source.constant(setOwn);
    return values.map(([key, x]) => `${set}(o,${JSON.stringify(key)},${x});`).join("");
  }

  #step(step: ReadStep, x: string): string {
    const op = this.#source.constant(step.op);
    const value =
      step.own && step.field
        ? this.#fieldValue(step.field.type, x)
        : `r.pos=p;${x}=${op}.read(r,d+1);p=r.pos;`;
    if (!step.flagged) return value;
    const none = this.#source.constant(absent);
    const empty = this.#empty(step);
    return (
      `c=b[p++];if(c===${Flag.null})${x}=${empty};else if(c===${Flag.value}){${value}}else{r.pos=p-1;` +
      `${x}=${this.#source.constant(readFlagged)}(r,${op},d+1,${none});p=r.pos;}`
    );
  }

  #empty({ field, empty }: ReadStep): string {
    if (field?.nullable && !field.default) return field.optional ? "undefined" : "null";
    return `${this.#source.constant(empty)}()`;
  }

  #fieldValue(type: FieldType, x: string): string {
    if (type.kind !== "struct") return this.#value(type, x, 1);
    const binding = this.#source.constant(this.#bind(type.info()));
    return `r.pos=p;${x}=${binding}.readInfo(r).read(r,d+1);p=r.pos;`;
  }

  #value(type: FieldType, x: string, deeper: number): string {
    const no = this.#wrong;
    switch (type.kind) {
      case "bool":
        return `c=b[p++];if(c===1)${x}=true;else if(c===0)${x}=false;else ${no}`;
      case "varint64":
        if (type.as === "bigint") return this.#other(type, x, deeper);
        return this.#varint(x, "(c>>>1)^-(c&1)", `${this.#source.constant(readVarint64)}(r)`);
      case "varint32":
        return this.#varint(x, "(c>>>1)^-(c&1)", `${this.#source.constant(readVarint32)}(r)`);
      case "var_uint32":
        return this.#varint(x, "c", "r.small()");
      case "int8":
        return `if(p>=e)${no}${x}=b[p++]<<24>>24;`;
      case "uint8":
        return `if(p>=e)${no}${x}=b[p++];`;
      case "int16":
        return `if(e-p<2)${no}${x}=(b[p]|b[p+1]<<8)<<16>>16;p+=2;`;
      case "uint16":
        return `if(e-p<2)${no}${x}=b[p]|b[p+1]<<8;p+=2;`;
      case "int32":
        return `if(e-p<4)${no}${x}=b[p]|b[p+1]<<8|b[p+2]<<16|b[p+3]<<24;p+=4;`;
      case "uint32":
        return `if(e-p<4)${no}${x}=(b[p]|b[p+1]<<8|b[p+2]<<16|b[p+3]<<24)>>>0;p+=4;`;
      case "float64":
        return this.#float(x, "double", 8);
      case "float32":
        return this.#float(x, "single", 4);
      case "string":
        return `r.pos=p;${x}=${this.#source.constant(readText)}(r);p=r.pos;`;
      case "enum": {
        if (
          type.values.length > 127 ||
          (this.#plan.profile.id === "B" && typeof type.values[0] === "number")
        )
          return this.#other(type, x, deeper);
        const values = this.#source.constant(type.values);
        return `c=b[p++];if(!(c<${type.values.length}))${no}${x}=${values}[c];`;
      }
      case "struct": {
        const binding = this.#source.constant(this.#bind(type.info()));
        return `r.pos=p;${x}=${binding}.read(r,d+${deeper});p=r.pos;`;
      }
      case "list":
        return isDynamic(type.element.type)
          ? this.#other(type, x, deeper)
          : this.#list(type, type.element.type, x, deeper);
      case "map":
        return type.form === "map" || type.key.type.kind !== "string" || isDynamic(type.value.type)
          ? this.#other(type, x, deeper)
          : this.#record(type, type.value.type, x, deeper);
      default:
        return this.#other(type, x, deeper);
    }
  }

  #varint(x: string, short: string, long: string): string {
    return `c=b[p++];if(c<128)${x}=${short};else{r.pos=p-1;${x}=${long};p=r.pos;}`;
  }

  #float(x: string, array: "double" | "single", size: number): string {
    const bytes = this.#source.constant(floatScratch[`${array}Bytes`]);
    let code = `if(e-p<${size})${this.#wrong}`;
    for (let i = 0; i < size; i++) code += `${bytes}[${i}]=b[p+${i}];`;
    return `${code}${x}=${this.#source.constant(floatScratch[array])}[0];p+=${size};`;
  }

  /** Elements of one type without nulls; other forms take the long way. */
  #list(type: FieldType, element: FieldType, x: string, deeper: number): string {
    const start = this.#source.variable();
    const count = this.#source.variable();
    const item = this.#source.variable();
    const i = this.#source.variable();
    const op = opOf(element, this.#plan.info.scope, this.#bind);
    const elements = this.#elements(element, item, deeper + 1);
    return (
      `if(d+${deeper}>r.maxDepth)${this.#wrong}const ${start}=p;let ${count};` +
      `${this.#varint(count, "c", "r.small()")}${x}=[];if(${count}>0){if(b[p]===${elements.typed ? 8 : 12}){p++;` +
      `${this.#charge(count, 8 + op.cost, elements.typed)}${elements.info}for(let ${i}=0;${i}<${count};${i}++){let ${item};` +
      `${elements.read}${x}.push(${item});}}else{p=${start};${this.#other(type, x, deeper)}}}`
    );
  }

  /** Text keys and values of one type without nulls; other forms take the long way. */
  #record(type: FieldType, element: FieldType, x: string, deeper: number): string {
    const start = this.#source.variable();
    const left = this.#source.variable();
    const size = this.#source.variable();
    const key = this.#source.variable();
    const item = this.#source.variable();
    const text = this.#source.constant(readText);
    const op = opOf(element, this.#plan.info.scope, this.#bind);
    const elements = this.#elements(element, item, deeper + 1);
    const known = this.#source.variable();
    return (
      `if(d+${deeper}>r.maxDepth)${this.#wrong}const ${start}=p,${known}=r.definitionCount,${known}s=r.shared.length,${known}n=r.names.length;` +
      `let ${left};${this.#varint(left, "c", "r.small()")}${x}={};if(${left}>0){${this.#charge(left, 88 + op.cost)}` +
      `do{if(b[p]!==${elements.typed ? 4 : 36}){p=${start};r.rewind(p,${known},${known}s,${known}n);` +
      `${this.#other(type, x, deeper)}break;}let ${size}=b[p+1];` +
      `if(!(${size}>0)||${size}>${left})${this.#wrong}p+=2;${left}-=${size};${elements.info}` +
      `for(;${size}>0;${size}--){r.pos=p;const ${key}=${text}(r);p=r.pos;let ${item};` +
      `${elements.read}` +
      `if(${key}==="__proto__")${this.#source.constant(setOwn)}(${x},${key},${item});else ${x}[${key}]=${item};}}` +
      `while(${left}>0);}`
    );
  }

  /** How to read elements, behind their type info where they have it. */
  #elements(
    element: FieldType,
    item: string,
    deeper: number,
  ): { readonly typed: boolean; readonly info: string; readonly read: string } {
    if (element.kind !== "struct" || !typesElements(element, this.#plan.profile)) {
      return { typed: false, info: "", read: this.#value(element, item, deeper) };
    }
    const binding = this.#source.constant(this.#bind(element.info()));
    const op = this.#source.variable();
    return {
      typed: true,
      info: `r.pos=p;const ${op}=${binding}.readInfo(r);p=r.pos;`,
      read: `r.pos=p;${item}=${op}.read(r,d+${deeper});p=r.pos;`,
    };
  }

  #charge(count: string, cost: number, typed = false): string {
    return `if(${count}>e-p${typed ? `+${maxUnbacked}` : ""}||(r.graphBytes-=${count}*${cost})<0)${this.#wrong}`;
  }

  #other(type: FieldType, x: string, deeper: number): string {
    const op = this.#source.constant(opOf(type, this.#plan.info.scope, this.#bind));
    return `r.pos=p;${x}=${op}.read(r,d+${deeper});p=r.pos;`;
  }
}

/** An object literal with the keys in the order of the schema: decoded objects share one hidden class. */
function literal(values: readonly (readonly [string, string])[]): string {
  const entries = values.map(([key, x]) => {
    const name = JSON.stringify(key);
    // only a computed key of this name makes a property
    return `${key === "__proto__" ? `[${name}]` : name}:${x}`;
  });
  return `{${entries.join(",")}}`;
}
