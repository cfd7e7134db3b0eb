import type { FieldType } from "../field-type.ts";
import type { WireField } from "../wire-type.ts";
import type { Bind, ReadStruct } from "./binding.ts";
import { Flag } from "./byte-reader.ts";
import { isDynamic } from "./generate-writer.ts";
import { setOwn } from "./map-op.ts";
import { opOf } from "./ops.ts";
import type { TypePlan } from "./plan.ts";
import { floatScratch } from "./scratch.ts";
import { Source, wrong } from "./source.ts";
import { readText } from "./text.ts";
import { readVarint32, readVarint64 } from "./varint.ts";

/**
 * Generates the function that reads hash and fields of a type. In the code `r` is the reader, `d`
 * the depth, `b` the bytes, `e` their end, `p` the place in them. Reading behind the end gives
 * undefined, which no check accepts.
 */
export function generateReader(plan: TypePlan, bind: Bind): ReadStruct {
  return new ReaderSource(plan, bind).compile();
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

  compile(): ReadStruct {
    const { declared, hashBytes, ordered } = this.#plan;
    const different = [...hashBytes].map((byte, i) => `b[p+${i}]!==${byte}`).join("||");
    this.#source.add(
      `const b=r.bytes,e=r.end;let p=r.pos,c;if(d>r.maxDepth||${different})${this.#wrong}p+=4;`,
    );
    const variables = new Map<WireField, string>();
    for (const field of ordered) {
      const variable = this.#source.variable();
      variables.set(field, variable);
      this.#source.add(`let ${variable};${this.#field(field, variable)}`);
    }
    this.#source.add("r.pos=p;");
    const values = declared.map((field) => [field.key, variables.get(field) ?? ""] as const);
    this.#source.add(this.#plan.info.class ? this.#instance(values) : literal(values));
    return this.#source.compile("r,d") as ReadStruct;
  }

  #instance(values: readonly (readonly [string, string])[]): string {
    const prototype = this.#source.constant(this.#plan.info.class?.prototype);
    const set = this.#source.constant(setOwn);
    const sets = values.map(([key, x]) => `${set}(t,${JSON.stringify(key)},${x});`);
    return `const t=Object.create(${prototype});${sets.join("")}return t;`;
  }

  #field(field: WireField, x: string): string {
    const value = this.#fieldValue(field.type, x);
    if (!field.nullable) return value;
    const empty = field.optional ? "undefined" : "null";
    return (
      `c=b[p++];if(c===${Flag.null})${x}=${empty};` +
      `else if(c===${Flag.value}||c===${Flag.first}){${value}}else ${this.#wrong}`
    );
  }

  #fieldValue(type: FieldType, x: string): string {
    if (type.kind !== "struct") return this.#value(type, x, 1);
    const binding = this.#source.constant(this.#bind(type.info()));
    return `r.pos=p;${binding}.readInfo(r);${x}=${binding}.read(r,d+1);p=r.pos;`;
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
        if (type.values.length > 127) return this.#other(type, x, deeper);
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

  /** Elements of the declared type without nulls; other forms take the long way. */
  #list(type: FieldType, element: FieldType, x: string, deeper: number): string {
    const start = this.#source.variable();
    const count = this.#source.variable();
    const item = this.#source.variable();
    const i = this.#source.variable();
    const op = opOf(element, this.#plan.info.scope, this.#bind);
    return (
      `if(d+${deeper}>r.maxDepth)${this.#wrong}const ${start}=p;let ${count};` +
      `${this.#varint(count, "c", "r.small()")}${x}=[];if(${count}>0){if(b[p]===12){p++;` +
      `${this.#charge(count, 8 + op.cost)}for(let ${i}=0;${i}<${count};${i}++){let ${item};` +
      `${this.#value(element, item, deeper + 1)}${x}.push(${item});}}else{p=${start};${this.#other(type, x, deeper)}}}`
    );
  }

  /** Text keys and values of the declared types without nulls; other forms take the long way. */
  #record(type: FieldType, element: FieldType, x: string, deeper: number): string {
    const start = this.#source.variable();
    const left = this.#source.variable();
    const size = this.#source.variable();
    const key = this.#source.variable();
    const item = this.#source.variable();
    const text = this.#source.constant(readText);
    const op = opOf(element, this.#plan.info.scope, this.#bind);
    return (
      `if(d+${deeper}>r.maxDepth)${this.#wrong}const ${start}=p;let ${left};` +
      `${this.#varint(left, "c", "r.small()")}${x}={};if(${left}>0){${this.#charge(left, 88 + op.cost)}` +
      `do{if(b[p]!==36){p=${start};${this.#other(type, x, deeper)}break;}let ${size}=b[p+1];` +
      `if(!(${size}>0)||${size}>${left})${this.#wrong}p+=2;${left}-=${size};` +
      `for(;${size}>0;${size}--){r.pos=p;const ${key}=${text}(r);p=r.pos;let ${item};` +
      `${this.#value(element, item, deeper + 1)}` +
      `if(${key}==="__proto__")${this.#source.constant(setOwn)}(${x},${key},${item});else ${x}[${key}]=${item};}}` +
      `while(${left}>0);}`
    );
  }

  #charge(count: string, cost: number): string {
    return `if(${count}>e-p||(r.graphBytes-=${count}*${cost})<0)${this.#wrong}`;
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
  return `return {${entries.join(",")}};`;
}
