import { floatScratch } from "../../bytes/float.ts";
import { keyText } from "../../bytes/key-text.ts";
import { latin1, readText } from "../../bytes/text.ts";
import { readVarint32, readVarint64 } from "../../bytes/varint.ts";
import { type Source, tooMuch, wrong } from "../../codegen/source.ts";
import { setOwn } from "../../own-property.ts";
import type { FieldType } from "../../schema/field-type.ts";
import type { Bind } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { closeShared, Flag, openShared, readFlagged, readReference } from "../references.ts";
import { type Container, isDynamic, typesElements } from "../values/element-op.ts";
import { enumNumbers } from "../values/enum-op.ts";
import { fieldTypeOp, typesField } from "../values/field-op.ts";
import { elementCost, ListFlag, maxUnbacked } from "../values/list-op.ts";
import { MapFlag, recordPairCost } from "../values/map-op.ts";
import { textCost } from "../values/scalar-op.ts";
import type { ValueOp } from "../values/value-op.ts";

/** A place of values: their type, and what it allows. */
export interface Place {
  readonly type: FieldType;
  readonly op: ValueOp;
  /** True if the place keeps references. */
  readonly keeps: boolean;
}

/**
 * Generates code that reads values into a variable. In the code `r` is the reader, `d` the depth of
 * the struct, `b` the bytes, `e` their end, `p` the position, `c` and `n` temporary numbers.
 */
export class ReadCode {
  readonly #source: Source;
  readonly #plan: TypePlan;
  readonly #bind: Bind;
  readonly #wrong: string;
  readonly #limit: string;

  constructor(source: Source, plan: TypePlan, bind: Bind) {
    this.#source = source;
    this.#plan = plan;
    this.#bind = bind;
    this.#wrong = `throw ${source.constant(wrong)};`;
    this.#limit = `throw ${source.constant(tooMuch)};`;
  }

  /**
   * Returns the code for a field. Structs have their type info in front. `keeps` is true if the
   * field keeps references.
   */
  field(type: FieldType, x: string, keeps: boolean): string {
    if (!typesField(type, this.#plan.profile)) return this.#value(type, x, 1, keeps);
    if (type.kind !== "struct") {
      const op = this.#source.constant(fieldTypeOp(type, this.#plan.info.scope, this.#bind));
      return `r.pos=p;${x}=${op}.read(r,d+1,${keeps});p=r.pos;`;
    }
    const binding = this.#source.constant(this.#bind(type.info()));
    return `r.pos=p;${x}=${binding}.readInfo(r).read(r,d+1);p=r.pos;`;
  }

  #value(type: FieldType, x: string, deeper: number, keeps: boolean): string {
    const no = this.#wrong;
    switch (type.kind) {
      case "bool":
        return `c=b[p++];if(c===1)${x}=true;else if(c===0)${x}=false;else ${no}`;
      case "varint64":
        if (type.as === "bigint") return this.other(type, x, deeper, keeps);
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
        return this.#text(x);
      case "enum": {
        const numbers = enumNumbers(type, this.#plan.profile);
        const places = type.values.every((value, i) => numbers.get(value) === i);
        if (type.values.length > 127 || !places) return this.other(type, x, deeper, keeps);
        const values = this.#source.constant(type.values);
        return `c=b[p++];if(!(c<${type.values.length}))${no}${x}=${values}[c];`;
      }
      case "struct": {
        const binding = this.#source.constant(this.#bind(type.info()));
        return `r.pos=p;${x}=${binding}.read(r,d+${deeper});p=r.pos;`;
      }
      case "list":
        return isDynamic(type.element.type)
          ? this.other(type, x, deeper, keeps)
          : this.#list(type, type.element.type, x, deeper, keeps);
      case "map":
        return type.form === "map" || type.key.type.kind !== "string" || isDynamic(type.value.type)
          ? this.other(type, x, deeper, keeps)
          : this.#record(type, type.value.type, x, deeper, keeps);
      default:
        return this.other(type, x, deeper, keeps);
    }
  }

  #varint(x: string, short: string, long: string): string {
    return `c=b[p++];if(c<128)${x}=${short};else{r.pos=p-1;${x}=${long};p=r.pos;}`;
  }

  /** Returns the code for text. Short Latin-1, the usual case, has a head of one byte. */
  #text(x: string, read: typeof latin1 = latin1): string {
    const short = `${x}=${this.#source.constant(read)}(b,p,p+n);p+=n;`;
    return (
      `c=b[p++];if((c&131)===0&&(n=c>>2)<=e-p){${short}}` +
      `else{r.pos=p-1;${x}=${this.#source.constant(readText)}(r);p=r.pos;}`
    );
  }

  /**
   * Returns the code for a value behind a flag. `value` is the code without the flag, `none` the
   * code for null. Structs register themselves as targets of references in `value`; other
   * containers do so in their ops only.
   */
  flagged(
    { type, op, keeps }: Place,
    x: string,
    deeper: number,
    value: string,
    none: string,
  ): string {
    const name = this.#source.constant(op);
    const id = this.#source.variable();
    const first =
      type.kind === "struct"
        ? `const ${id}=${this.#source.constant(openShared)}(r);${value}` +
          `${this.#source.constant(closeShared)}(r,${id},${x},${name});`
        : `r.pos=p-1;${x}=${this.#source.constant(readFlagged)}(r,${name},d+${deeper},undefined,${keeps});p=r.pos;`;
    return (
      `c=b[p++];if(c===${Flag.value}){${value}}else if(c===${Flag.reference}){r.pos=p;` +
      `${x}=${this.#source.constant(readReference)}(r,${name},${keeps});p=r.pos;}` +
      `else if(c===${Flag.first}){${first}}else if(c===${Flag.null}){${none}}else ${this.#wrong}`
    );
  }

  #float(x: string, array: "double" | "single", size: number): string {
    const bytes = this.#source.constant(floatScratch[`${array}Bytes`]);
    let code = `if(e-p<${size})${this.#wrong}`;
    for (let i = 0; i < size; i++) code += `${bytes}[${i}]=b[p+${i}];`;
    return `${code}${x}=${this.#source.constant(floatScratch[array])}[0];p+=${size};`;
  }

  /**
   * Returns the code for a list of one element type without nulls. Other lists are read by the op.
   */
  #list(type: FieldType, element: FieldType, x: string, deeper: number, keeps: boolean): string {
    const start = this.#source.variable();
    const count = this.#source.variable();
    const op = this.#bind.ops.of(element, this.#plan.info.scope);
    const item = this.#source.variable();
    const { typed, info, read } = this.#elements(
      { type: element, op, keeps },
      item,
      deeper + 1,
      "list",
    );
    const flags = typed ? ListFlag.same : ListFlag.same | ListFlag.declared;
    const loop = (code: string): string => {
      const i = this.#source.variable();
      return (
        `p++;${this.#charge(count, elementCost + op.cost, typed)}${info}` +
        `for(let ${i}=0;${i}<${count};${i}++){let ${item};${code}${x}.push(${item});}`
      );
    };
    const tracked =
      op.tracked === true && this.#plan.profile.references
        ? `else if(b[p]===${flags | ListFlag.tracked}){` +
          `${loop(this.flagged({ type: element, op, keeps }, item, deeper + 1, read, this.#wrong))}}`
        : "";
    return (
      `if(d+${deeper}>r.maxDepth)${this.#limit}const ${start}=p;let ${count};` +
      `${this.#varint(count, "c", "r.small()")}${x}=[];if(${count}>0){if(b[p]===${flags}){` +
      `${loop(read)}}${tracked}else{p=${start};${this.other(type, x, deeper, keeps)}}}`
    );
  }

  /**
   * Returns the code for a record with values of one type without nulls. Other maps are read by the
   * op.
   */
  #record(type: FieldType, element: FieldType, x: string, deeper: number, keeps: boolean): string {
    const start = this.#source.variable();
    const left = this.#source.variable();
    const size = this.#source.variable();
    const key = this.#source.variable();
    const item = this.#source.variable();
    const op = this.#bind.ops.of(element, this.#plan.info.scope);
    const elements = this.#elements({ type: element, op, keeps }, item, deeper + 1, "map");
    const known = this.#source.variable();
    return (
      `if(d+${deeper}>r.maxDepth)${this.#limit}const ${start}=p,${known}=r.definitionCount,${known}s=r.shared.length,${known}n=r.names.length;` +
      `let ${left};${this.#varint(left, "c", "r.small()")}${x}={};if(${left}>0){${this.#charge(left, recordPairCost + textCost + op.cost)}` +
      `do{if(b[p]!==${elements.typed ? MapFlag.keyDeclared : MapFlag.keyDeclared | MapFlag.valueDeclared}){p=${start};r.rewind(p,${known},${known}s,${known}n);` +
      `${this.other(type, x, deeper, keeps)}break;}let ${size}=b[p+1];` +
      `if(!(${size}>0)||${size}>${left})${this.#wrong}p+=2;${left}-=${size};${elements.info}` +
      `for(;${size}>0;${size}--){let ${key},${item};${this.#text(key, keyText)}` +
      `${elements.read}` +
      `if(${key}==="__proto__")${this.#source.constant(setOwn)}(${x},${key},${item});else ${x}[${key}]=${item};}}` +
      `while(${left}>0);}`
    );
  }

  /** Returns the code for elements, and for their type info if they have it. */
  #elements(
    { type: element, keeps }: Place,
    item: string,
    deeper: number,
    container: Container,
  ): { readonly typed: boolean; readonly info: string; readonly read: string } {
    if (element.kind !== "struct" || !typesElements(element, this.#plan.profile, container)) {
      return { typed: false, info: "", read: this.#value(element, item, deeper, keeps) };
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
    return `if(${count}>e-p${typed ? `+${maxUnbacked}` : ""})${this.#wrong}if((r.graphBytes-=${count}*${cost})<0)${this.#limit}`;
  }

  other(type: FieldType, x: string, deeper: number, keeps: boolean): string {
    const op = this.#source.constant(this.#bind.ops.of(type, this.#plan.info.scope));
    return `r.pos=p;${x}=${op}.read(r,d+${deeper},${keeps});p=r.pos;`;
  }
}
