import { TypeId } from "../../bytes/type-id.ts";
import { Source, wrong } from "../../codegen/source.ts";
import type { ElementType, FieldType } from "../../schema/field-type.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import { NativeId } from "../native-id.ts";
import { numberBytes, putInteger, putLongNumber } from "../native-number.ts";
import type { Shape } from "../records/shape.ts";
import type { NativeWriter } from "../writing/native-writer.ts";
import { startList, wroteDoubles } from "../writing/write-array.ts";
import type { Checker, NativeOp } from "./checker.ts";
import { holdsDoubles, type ValueTest, valueTest } from "./value-test.ts";

/** The fields of a wire type, and the ops for types without generated code. */
export interface StructParts {
  readonly struct: NativeOp;
  readonly shape: Shape;
  readonly isOther: ((value: object) => boolean) | undefined;
  readonly prototype: object;
  readonly fields: readonly (readonly [WireField, NativeOp])[];
  opOf(element: ElementType): NativeOp;
  /** Adds fields that may be absent to a decoded object with other keys. */
  complete(object: object): void;
}

export type WriteStruct = (w: NativeWriter, value: unknown, depth: number, keeps: boolean) => void;
export type CheckStruct = (c: Checker, value: unknown, depth: number, keeps: boolean) => void;

/**
 * Generates the function that writes a wire type. It only detects that something is wrong: the ops
 * make the error. In the code `w` is the writer, `v` the object, `d` the depth of its values, `k`
 * true if the object may be a reference, `b` the bytes, `p` the position.
 */
export function generateStructWriter(parts: StructParts): WriteStruct {
  const code = new StructSource(parts);
  const other = parts.isOther ? `if(${code.source.constant(parts.isOther)}(v))${code.wrong}` : "";
  code.open(`${other}if(w.opened(v,d,${code.source.constant(parts.struct)},k)!==true)return;`);
  code.source.add(`w.shape(${code.source.constant(parts.shape)});let t,b=w.bytes,p=w.pos;d++;`);
  for (const [field, op] of parts.fields) code.writeField(field, op);
  code.source.add("w.pos=p;");
  return code.source.compile("w,v,d,k") as WriteStruct;
}

/**
 * Generates the function that checks a decoded value of a wire type. In the code `c` is the
 * checker.
 */
export function generateStructCheck(parts: StructParts): CheckStruct {
  const code = new StructSource(parts);
  const { source } = code;
  const keys = parts.shape.keys.map(
    (key, place) => `case ${place}:if(k!==${source.constant(key)}){j=-1;break all;}break;`,
  );
  code.open(
    `if(${source.constant(Object.getPrototypeOf)}(v)!==${source.constant(parts.prototype)})${code.wrong}` +
      `if(!c.enter(${source.constant(parts.struct)},v,d,k))return;`,
  );
  source.add(
    `let t,j=0;all:for(const k in v)switch(j++){${keys.join("")}default:j=-1;break all;}` +
      `if(j!==${keys.length})${source.constant(parts.complete)}(v);d++;`,
  );
  for (const [field, op] of parts.fields) code.checkField(field, op);
  return source.compile("c,v,d,k") as CheckStruct;
}

/** A field, or an element of a list. */
interface Place extends ElementType {
  /** True if the field keeps references. */
  readonly ref: boolean;
}

class StructSource {
  readonly source: Source = new Source();
  readonly wrong: string;
  readonly #parts: StructParts;

  constructor(parts: StructParts) {
    this.#parts = parts;
    this.wrong = `throw ${this.source.constant(wrong)};`;
  }

  open(code: string): void {
    this.source.add(`if(typeof v!=="object"||v===null)${this.wrong}${code}`);
  }

  writeField(field: WireField, op: NativeOp): void {
    const { key, default: makeDefault } = field;
    this.source.add(`t=${this.source.property("v", key)};`);
    if (makeDefault) {
      this.source.add(`if(t===undefined)t=${this.source.constant(makeDefault)}();`);
    }
    this.source.add(this.#write(field, op, "t", "d"));
  }

  #write({ type, nullable, optional, ref }: Place, op: NativeOp, x: string, depth: string): string {
    const test = valueTest(type, x, this.source);
    const code = test
      ? `if(!(${test.holds}))${this.wrong}${this.#put(test, x, depth)}`
      : type.kind === "list"
        ? this.#writeList(type, x, depth, ref)
        : undefined;
    if (code === undefined) return this.#other(op, x, depth, ref);
    if (!nullable) return code;
    const none = optional ? NativeId.undefined : TypeId.none;
    return `if(${x}===undefined||${x}===null){b=w.room(p,1);b[p++]=${none};}else{${code}}`;
  }

  #put({ form }: ValueTest, x: string, depth: string): string {
    switch (form) {
      case "text":
        return `p=w.textAt(p,${x});b=w.bytes;`;
      case "bool":
        return `b=w.room(p,2);b[p++]=${TypeId.bool};b[p++]=${x}?1:0;`;
      case "number": {
        const small = this.source.constant(putInteger);
        const large = this.source.constant(putLongNumber);
        return (
          `b=w.room(p,${numberBytes});if((${x}|0)===${x}&&(${x}!==0||1/${x}>0))p=${small}(b,p,${x});` +
          `else p=${large}(b,p,${x});`
        );
      }
      default:
        return `w.pos=p;w.value(${x},${depth});p=w.pos;b=w.bytes;`;
    }
  }

  #other(op: NativeOp, x: string, depth: string, ref: boolean): string {
    return `w.pos=p;${this.source.constant(op)}.write(w,${x},${depth},${ref});p=w.pos;b=w.bytes;`;
  }

  #writeList(
    type: FieldType & { readonly kind: "list" | "set" },
    x: string,
    depth: string,
    ref: boolean,
  ): string {
    const op = this.#parts.opOf(type.element);
    const form = this.source.constant(op.form?.());
    const doubles = holdsDoubles(type.element)
      ? `&&!${this.source.constant(wroteDoubles)}(w,${x})`
      : "";
    const [count, i, item] = [this.#name(), this.#name(), this.#name()];
    return (
      `if(!Array.isArray(${x}))${this.wrong}w.pos=p;if(w.opened(${x},${depth},${form},${ref})){` +
      `const ${count}=${this.source.constant(startList)}(w,${x});if(${count}>0${doubles}){w.putByte(0);p=w.pos;b=w.bytes;` +
      `for(let ${i}=0;${i}<${count};${i}++){const ${item}=${x}[${i}];` +
      `${this.#write({ ...type.element, ref }, op, item, `${depth}+1`)}}w.pos=p;}}p=w.pos;b=w.bytes;`
    );
  }

  checkField(field: WireField, op: NativeOp): void {
    this.source.add(`t=${this.source.property("v", field.key)};`);
    this.source.add(this.#check(field, op, "t", "d"));
  }

  #check({ type, nullable, optional, ref }: Place, op: NativeOp, x: string, depth: string): string {
    if (!op.check) return "";
    if (op.loose) return `if(c.strict)${this.source.constant(op)}.check(c,${x},${depth},${ref});`;
    const test = valueTest(type, x, this.source);
    const empty = optional ? "undefined" : "null";
    const unless = nullable ? `${x}!==${empty}&&` : "";
    if (test) return `if(${unless}!(${test.holds}))${this.wrong}`;
    const code =
      type.kind === "list"
        ? this.#checkList(type, x, depth, ref)
        : `${this.source.constant(op)}.check(c,${x},${depth},${ref});`;
    return nullable ? `if(${x}!==${empty}){${code}}` : code;
  }

  #checkList(
    type: FieldType & { readonly kind: "list" | "set" },
    x: string,
    depth: string,
    ref: boolean,
  ): string {
    const list = this.source.constant(this.#parts.opOf({ type, nullable: false, optional: false }));
    const op = this.#parts.opOf(type.element);
    const [i, item] = [this.#name(), this.#name()];
    const each = this.#check({ ...type.element, ref }, op, item, `${depth}+1`);
    const loop = `for(let ${i}=0;${i}<${x}.length;${i}++){const ${item}=${x}[${i}];${each}}`;
    return (
      `if(!Array.isArray(${x}))${this.wrong}` +
      `if(c.enter(${list},${x},${depth},${ref})${op.loose ? "&&c.strict" : ""}){${each === "" ? "" : loop}}`
    );
  }

  #name(): string {
    return this.source.variable();
  }
}
