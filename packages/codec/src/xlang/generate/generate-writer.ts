import { Source, wrong } from "../../codegen/source.ts";
import type { FieldType } from "../../schema/field-type.ts";
import { otherKindTest } from "../../schema/struct-kind.ts";
import type { WireField } from "../../schema/wire-type-info.ts";
import type { Bind, WriteStruct } from "../binding.ts";
import type { TypePlan } from "../plan.ts";
import { Flag, writeFlag } from "../references.ts";
import { fieldOp } from "../values/field-op.ts";
import { free, type Piece, WriteCode } from "./write-code.ts";

/**
 * Generates the function that writes the fields of a type, and the bytes that its profile puts
 * before them. In the code `w` is the writer, `v` the object, `d` its depth, `b` the buffer, `p`
 * the position.
 */
export function generateWriter(plan: TypePlan, bind: Bind): WriteStruct {
  const writer = new WriterSource(plan, bind);
  return writer.compile();
}

class WriterSource {
  readonly #source = new Source();
  readonly #plan: TypePlan;
  readonly #bind: Bind;
  readonly #code: WriteCode;
  readonly #wrong: string;

  constructor(plan: TypePlan, bind: Bind) {
    this.#plan = plan;
    this.#bind = bind;
    this.#code = new WriteCode(this.#source, plan, bind);
    this.#wrong = `throw ${this.#source.constant(wrong)};`;
  }

  compile(): WriteStruct {
    const { info, lead, ordered } = this.#plan;
    const isOther = otherKindTest(info);
    const other = isOther ? `||${this.#source.constant(isOther)}(v)` : "";
    this.#source.add(
      `if(typeof v!=="object"||v===null||d>w.maxDepth${other})${this.#wrong}` +
        "let p=w.pos,b=w.bytes,t,n,c;",
    );
    const first: Piece = {
      size: lead.length,
      code: [...lead].map((byte) => `b[p++]=${byte};`).join(""),
    };
    this.#run([first, ...ordered.map((field) => this.#field(field))]);
    this.#source.add("w.pos=p;");
    return this.#source.compile("w,v,d") as WriteStruct;
  }

  /** Emits pieces in order. Each run of pieces with a bounded size asks for room once. */
  #run(pieces: readonly Piece[]): void {
    let i = 0;
    while (i < pieces.length) {
      let size = 0;
      let code = "";
      for (let piece = pieces[i]; piece?.size !== undefined; piece = pieces[++i]) {
        size += piece.size;
        code += `\n${piece.code}`;
      }
      if (size > 0) this.#source.add(`b=w.room(p,${size});${code}`);
      const free = pieces[i];
      if (free && free.size === undefined) {
        this.#source.add(free.code);
        i++;
      }
    }
  }

  #field(field: WireField): Piece {
    if (this.#plan.shared.has(field)) return this.#shared(field);
    const { key, type, default: makeDefault, nullable } = field;
    let code = `t=${this.#source.property("v", key)};`;
    if (makeDefault) code += `if(t===undefined)t=${this.#source.constant(makeDefault)}();`;
    const value = this.#code.field(type);
    if (!nullable) return { size: value.size, code: code + value.code };
    const mark = `b[p++]=${Flag.value};`;
    const none = `if(t===undefined||t===null)b[p++]=${Flag.null};else{`;
    if (value.size !== undefined) {
      return { size: value.size + 1, code: `${code}${none}${mark}${value.code}}` };
    }
    return { size: undefined, code: `${code}b=w.room(p,1);${none}${mark}${value.code}}` };
  }

  /** Returns the code for a field that keeps references. */
  #shared(field: WireField): Piece {
    const { key, type, default: makeDefault, nullable, ref } = field;
    const op = this.#source.constant(fieldOp(field, this.#plan, this.#bind));
    const flag = this.#source.constant(writeFlag);
    const filled = makeDefault ? `if(t===undefined)t=${this.#source.constant(makeDefault)}();` : "";
    const none = nullable || type.kind === "any" ? `w.putByte(${Flag.null});` : this.#wrong;
    return free(
      `t=${this.#source.property("v", key)};${filled}w.pos=p;if(t===undefined||t===null){${none}}else{` +
        `if(${flag}(w,t,${isAny(type) ? `${op}.dynamic.classify(t)` : op},${ref}))${op}.write(w,t,d+1,${ref});}p=w.pos;`,
    );
  }
}

function isAny(type: FieldType): boolean {
  return type.kind === "any";
}
