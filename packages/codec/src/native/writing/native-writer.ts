import { ByteWriter } from "../../bytes/byte-writer.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { putVar32 } from "../../bytes/varint.ts";
import { fail, kindOf } from "../../failure.ts";
import { writeBigint } from "../native-bigint.ts";
import { firstShapeId, firstSmallId, NativeId } from "../native-id.ts";
import { numberBytes, putNumber } from "../native-number.ts";
import { writeText } from "../native-text.ts";
import type { Shape } from "../records/shape.ts";
import { isPolluted } from "../records/shape-cache.ts";
import { isNumbered, TextTable } from "../text-table.ts";
import type { StructOf } from "../types/native-types.ts";
import { Identities } from "./identities.ts";
import { writeOther } from "./object-kind.ts";
import { Windows } from "./windows.ts";
import { writeArray } from "./write-array.ts";
import { writePlain } from "./write-record.ts";

/** Up to here the head of a text is one byte. */
const shortText = 32;

/** Where a message is written, and what it holds so far. */
export class NativeWriter extends ByteWriter {
  /** A number that differs from message to message: shapes remember the one that defined them last. */
  message = 0;
  readonly identities: Identities = new Identities();
  readonly windows: Windows = new Windows();
  /** Whether generated code is left aside, so that errors say where. */
  exact = false;
  /** Whether objects inherit enumerable keys, which are not theirs to send. */
  polluted = false;
  /** The wire type that the class of a value is bound to. */
  structOf: StructOf = () => undefined;
  readonly #texts = new TextTable();
  #shapes = 0;

  /** Begins a message at a place in the buffer. */
  begin(message: number, offset: number): void {
    this.message = message;
    this.pos = offset;
    this.polluted = isPolluted();
    this.clear();
  }

  /** Lets go of what the message held. */
  clear(): void {
    this.#shapes = 0;
    this.identities.clear();
    this.#texts.clear();
  }

  /** Any value, with its id. `depth` is that of the value itself. */
  value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        this.text(value);
        break;
      case "number":
        this.pos = putNumber(this.room(this.pos, numberBytes), this.pos, value);
        break;
      case "boolean":
        this.putByte(TypeId.bool);
        this.putByte(value ? 1 : 0);
        break;
      case "undefined":
        this.putByte(NativeId.undefined);
        break;
      case "bigint":
        writeBigint(this, value);
        break;
      case "object":
        if (value === null) this.putByte(TypeId.none);
        else this.object(value, depth);
        break;
      default:
        throw fail("value", `a ${typeof value} has no form on the wire`);
    }
  }

  /** Returns the shape of a plain object: the next one may have it too. */
  object(value: object, depth: number): Shape | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return writePlain(this, value, depth);
    if (Array.isArray(value)) writeArray(this, value, depth);
    else {
      const struct = this.structOf(value);
      if (struct) struct.write(this, value, depth);
      else if (!writeOther(this, value, depth)) {
        throw fail(
          "value",
          `a ${kindOf(value)} has no form on the wire: bind its class to a wire type, or send a plain object`,
        );
      }
    }
    return undefined;
  }

  /** Text with its id, or the number of the same text before. */
  text(text: string): void {
    this.pos = this.textAt(this.pos, text);
  }

  /** The same at a place; returns where it ends. `bytes` may be another buffer afterwards. */
  textAt(at: number, text: string): number {
    const n = text.length;
    const b = this.room(at, shortText + 2);
    if (isNumbered(text)) {
      const known = this.#texts.add(text);
      if (known >= 0) {
        b[at] = NativeId.textAgain;
        return putVar32(b, at + 1, known);
      }
    }
    b[at] = TypeId.string;
    if (n < shortText) {
      let p = at + 1;
      b[p++] = n << 2;
      for (let i = 0; i < n; i++) {
        const code = text.charCodeAt(i);
        if (code > 255) return this.#longTextAt(at + 1, text);
        b[p++] = code;
      }
      return p;
    }
    return this.#longTextAt(at + 1, text);
  }

  #longTextAt(at: number, text: string): number {
    this.pos = at;
    writeText(this, text);
    return this.pos;
  }

  /** Numbers an object, or refers to it where the message holds it in this form. */
  seen(value: object, form?: unknown): boolean {
    const known = this.identities.add(value, form);
    if (known < 0) return false;
    this.refer(known);
    return true;
  }

  /** Refers to a numbered object. */
  refer(known: number): void {
    this.putByte(NativeId.reference);
    this.putSmall(known);
  }

  /** Begins a container: like `seen`, and bounds the depth. */
  opened(value: object, depth: number, form?: unknown): boolean {
    if (this.seen(value, form)) return false;
    this.checkDepth(depth);
    return true;
  }

  /** The id of a record of this shape, with the names if they are new to the message. */
  shape(shape: Shape): void {
    if (shape.message === this.message) {
      if (shape.number < firstSmallId - firstShapeId) {
        this.putByte(firstShapeId + shape.number);
        return;
      }
      this.putByte(NativeId.shape);
      this.putSmall(shape.number);
      return;
    }
    shape.message = this.message;
    shape.number = this.#shapes++;
    this.putByte(shape.tag === undefined ? NativeId.newShape : TypeId.namedStruct);
    this.putSmall(shape.names.length);
    this.putBytes(shape.names);
  }

  /** The byte that begins each further record of this shape; −1 where it takes more than a byte. */
  headOf(shape: Shape): number {
    return shape.message === this.message && shape.number < firstSmallId - firstShapeId
      ? firstShapeId + shape.number
      : -1;
  }
}
