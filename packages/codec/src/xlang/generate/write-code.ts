import { floatScratch } from "../../bytes/float.ts";
import { putText } from "../../bytes/text.ts";
import { putVar32, putVarint64 } from "../../bytes/varint.ts";
import { type Source, wrong } from "../../codegen/source.ts";
import type { EnumType, FieldType } from "../../schema/field-type.ts";
import { isRecordLike } from "../../value-kind.ts";
import type { Bind } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { type Container, isDynamic, typesElements } from "../values/element-op.ts";
import { enumNumbers } from "../values/enum-op.ts";
import { fieldTypeOp, typesField } from "../values/field-op.ts";
import { ListFlag } from "../values/list-op.ts";
import { MapFlag } from "../values/map-op.ts";

/**
 * Code that writes a value in a variable. `size` is present if the value takes few bytes and a
 * bounded number of them.
 */
export interface Piece {
  readonly size: number | undefined;
  readonly code: string;
}

/**
 * Generates code that writes the values of types. In the code `w` is the writer, `d` the depth of
 * the struct, `b` the buffer, `p` the position, `n` a temporary number.
 */
export class WriteCode {
  readonly #source: Source;
  readonly #plan: TypePlan;
  readonly #bind: Bind;
  readonly #wrong: string;

  constructor(source: Source, plan: TypePlan, bind: Bind) {
    this.#source = source;
    this.#plan = plan;
    this.#bind = bind;
    this.#wrong = `throw ${source.constant(wrong)};`;
  }

  /** Returns the code for a field's value in `t`. Structs have their type info in front. */
  field(type: FieldType): Piece {
    if (!typesField(type, this.#plan.profile)) return this.#value(type, "t", 1);
    if (type.kind !== "struct") {
      const op = this.#source.constant(fieldTypeOp(type, this.#plan.info.scope, this.#bind));
      return free(`w.pos=p;${op}.write(w,t,d+1);p=w.pos;`);
    }
    const binding = this.#source.constant(this.#bind(type.info()));
    return free(`w.pos=p;${binding}.writeInfo(w);${binding}.write(w,t,d+1);p=w.pos;`);
  }

  #value(type: FieldType, x: string, deeper: number): Piece {
    const no = this.#wrong;
    switch (type.kind) {
      case "bool":
        return {
          size: 1,
          code: `if(${x}===true)b[p++]=1;else if(${x}===false)b[p++]=0;else ${no}`,
        };
      case "varint64":
        if (type.as === "bigint") return this.#other(type, x, deeper);
        return {
          size: 9,
          code:
            `if((${x}|0)===${x}){${varint(`((${x}<<1)^(${x}>>31))>>>0`)}}` +
            `else{if(!Number.isSafeInteger(${x}))${no}p=${this.#source.constant(putVarint64)}(b,p,${x});}`,
        };
      case "varint32":
        return {
          size: 5,
          code: `if((${x}|0)!==${x})${no}${varint(`((${x}<<1)^(${x}>>31))>>>0`)}`,
        };
      case "var_uint32":
        return { size: 5, code: `if((${x}>>>0)!==${x})${no}${varint(x)}` };
      case "int8":
        return { size: 1, code: `if((${x}<<24>>24)!==${x})${no}b[p++]=${x};` };
      case "uint8":
        return { size: 1, code: `if((${x}&255)!==${x})${no}b[p++]=${x};` };
      case "int16":
        return { size: 2, code: `if((${x}<<16>>16)!==${x})${no}b[p++]=${x};b[p++]=${x}>>8;` };
      case "uint16":
        return { size: 2, code: `if((${x}&65535)!==${x})${no}b[p++]=${x};b[p++]=${x}>>8;` };
      case "int32":
      case "uint32": {
        const whole = type.kind === "int32" ? `(${x}|0)` : `(${x}>>>0)`;
        return {
          size: 4,
          code: `if(${whole}!==${x})${no}b[p++]=${x};b[p++]=${x}>>8;b[p++]=${x}>>16;b[p++]=${x}>>24;`,
        };
      }
      case "float64":
        return this.#float(x, "double", 8);
      case "float32":
        return this.#float(x, "single", 4);
      case "string":
        return free(
          `if(typeof ${x}!=="string")${no}p=${this.#source.constant(putText)}(w,p,${x});`,
        );
      case "enum":
        return this.#enum(type, x);
      case "struct": {
        const binding = this.#source.constant(this.#bind(type.info()));
        return free(`w.pos=p;${binding}.write(w,${x},d+${deeper});p=w.pos;`);
      }
      case "list":
        return type.element.nullable || isDynamic(type.element.type)
          ? this.#other(type, x, deeper)
          : this.#unlessTracking(type, this.#list(type.element.type, x, deeper), x, deeper);
      case "map":
        return type.form === "map" ||
          type.key.type.kind !== "string" ||
          type.value.nullable ||
          isDynamic(type.value.type)
          ? this.#other(type, x, deeper)
          : this.#unlessTracking(type, this.#record(type.value.type, x, deeper), x, deeper);
      default:
        return this.#other(type, x, deeper);
    }
  }

  #float(x: string, array: "double" | "single", size: number): Piece {
    const floats = this.#source.constant(floatScratch[array]);
    const bytes = this.#source.constant(floatScratch[`${array}Bytes`]);
    let code = `if(typeof ${x}!=="number")${this.#wrong}${floats}[0]=${x};`;
    for (let i = 0; i < size; i++) code += `b[p+${i}]=${bytes}[${i}];`;
    return { size, code: `${code}p+=${size};` };
  }

  #enum(type: EnumType, x: string): Piece {
    const ordinals = this.#source.constant(enumNumbers(type, this.#plan.profile));
    return {
      size: 5,
      code: `n=${ordinals}.get(${x});if(n===undefined)${this.#wrong}${varint("n")}`,
    };
  }

  /** Uses the op for containers of containers while references are kept. */
  #unlessTracking(type: FieldType, short: Piece, x: string, deeper: number): Piece {
    const element =
      type.kind === "list" ? type.element.type : type.kind === "map" ? type.value.type : type;
    const plain = !["struct", "list", "set", "map"].includes(element.kind);
    if (plain || !this.#plan.profile.references) return short;
    return free(`if(w.tracking){${this.#other(type, x, deeper).code}}else{${short.code}}`);
  }

  #list(element: FieldType, x: string, deeper: number): Piece {
    const [list, item, i, count] = [this.#name(), this.#name(), this.#name(), this.#name()];
    const value = this.#item(element, item, deeper + 1);
    return free(
      `if(!Array.isArray(${x})||d+${deeper}>w.maxDepth)${this.#wrong}` +
        `const ${list}=${x},${count}=${list}.length;b=w.room(p,6);` +
        `p=${this.#source.constant(putVar32)}(b,p,${count});if(${count}>0){${this.#elementInfo(element, "list", ListFlag.same, ListFlag.same | ListFlag.declared)}` +
        `for(let ${i}=0;${i}<${count};${i}++){const ${item}=${list}[${i}];${value}}}`,
    );
  }

  #record(element: FieldType, x: string, deeper: number): Piece {
    const [map, keys, item] = [this.#name(), this.#name(), this.#name()];
    const [i, count, end] = [this.#name(), this.#name(), this.#name()];
    const text = this.#source.constant(putText);
    const record = this.#source.constant(isRecordLike);
    const value = this.#item(element, item, deeper + 1);
    return free(
      `if(typeof ${x}!=="object"||${x}===null||!${record}(${x})||d+${deeper}>w.maxDepth)${this.#wrong}` +
        `const ${map}=${x},${keys}=Object.keys(${map}),${count}=${keys}.length;b=w.room(p,5);` +
        `p=${this.#source.constant(putVar32)}(b,p,${count});for(let ${i}=0;${i}<${count};){` +
        `const ${end}=Math.min(${count},${i}+255);b=w.room(p,2);` +
        `${this.#elementInfo(element, "map", MapFlag.keyDeclared, MapFlag.keyDeclared | MapFlag.valueDeclared, `b[p++]=${end}-${i};`)}` +
        `for(;${i}<${end};${i}++){p=${text}(w,p,${keys}[${i}]);const ${item}=${map}[${keys}[${i}]];${value}}}`,
    );
  }

  /**
   * Returns the code for the flags of a container, and for type info if elements of this type bring
   * it.
   */
  #elementInfo(
    element: FieldType,
    container: Container,
    typed: number,
    declared: number,
    count = "",
  ): string {
    if (element.kind !== "struct" || !typesElements(element, this.#plan.profile, container)) {
      return `b[p++]=${declared};${count}`;
    }
    const binding = this.#source.constant(this.#bind(element.info()));
    return `b[p++]=${typed};${count}w.pos=p;${binding}.writeInfo(w);p=w.pos;b=w.bytes;`;
  }

  /** Returns the code for an element. It asks for its own room. */
  #item(type: FieldType, x: string, deeper: number): string {
    const { size, code } = this.#value(type, x, deeper);
    return size === undefined ? code : `b=w.room(p,${size});${code}`;
  }

  /** Returns a call of the op, for types that are too rare for code of their own. */
  #other(type: FieldType, x: string, deeper: number): Piece {
    const op = this.#source.constant(this.#bind.ops.of(type, this.#plan.info.scope));
    return free(`w.pos=p;${op}.write(w,${x},d+${deeper});p=w.pos;`);
  }

  #name(): string {
    return this.#source.variable();
  }
}

/** Wraps code that asks for room itself. */
export function free(code: string): Piece {
  return { size: undefined, code: `{${code}}b=w.bytes;` };
}

/** Returns code that writes an unsigned 32-bit integer and leaves it in `n`. */
function varint(value: string): string {
  return `n=${value};while(n>127){b[p++]=n&127|128;n>>>=7;}b[p++]=n;`;
}
