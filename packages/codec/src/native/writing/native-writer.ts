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

/** Up to this length the head of a text is one byte. */
const shortText = 32;

/**
 * Writes one message in NATIVE, and holds what it contains so far: objects, texts and shapes of
 * records. `value` dispatches on the kind of a value; the files beside this one write the
 * containers.
 */
export class NativeWriter extends ByteWriter {
  /**
   * A number that differs from message to message: shapes remember the message that defined them
   * last.
   */
  message = 0;
  readonly identities: Identities = new Identities();
  readonly windows: Windows = new Windows();
  /** True if generated code is not used, so that errors have a path. */
  exact = false;
  /** True if values of any type keep references here. */
  keeps = false;
  /** True if types that ask for it keep references. */
  tracks = false;
  /** True if objects inherit enumerable keys, which must not be sent. */
  polluted = false;
  /** Finds the wire type that is bound to the class of a value. */
  structOf: StructOf = () => undefined;
  readonly #texts = new TextTable();
  #shapes = 0;

  /** Starts a message at a position of the buffer. */
  begin(message: number, offset: number): void {
    this.message = message;
    this.pos = offset;
    this.polluted = isPolluted();
    this.clear();
  }

  /** Drops what the writer held of the last message. */
  clear(): void {
    this.#shapes = 0;
    this.identities.clear();
    this.#texts.clear();
  }

  /** Writes any value with its id. `depth` is the depth of the value itself. */
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

  /** Writes an object. Returns the shape of a plain one, which the next object may share. */
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

  /** Writes text with its id, or the number of the same text earlier in the message. */
  text(text: string): void {
    this.pos = this.textAt(this.pos, text);
  }

  /**
   * Writes text at a position and returns where it ends. The writer may have another buffer
   * afterwards.
   */
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

  /**
   * Numbers an object and returns false. If the message contains it in this form already and the
   * place keeps references, writes a reference and returns true.
   */
  seen(value: object, form?: unknown, keeps = false): boolean {
    const known = this.identities.add(value, form);
    if (known < 0) return false;
    if (keeps || this.keeps) {
      this.refer(known);
      return true;
    }
    this.identities.again(value, form);
    return false;
  }

  /** Writes a reference to a numbered object. */
  refer(known: number): void {
    this.putByte(NativeId.reference);
    this.putSmall(known);
  }

  /** Starts a container: does the same as `seen` with the result inverted, and checks the depth. */
  opened(value: object, depth: number, form?: unknown, keeps?: boolean): boolean {
    if (this.seen(value, form, keeps)) return false;
    this.checkDepth(depth);
    return true;
  }

  /** Writes the id of a record of this shape, and the names if they are new to the message. */
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

  /**
   * Returns the first byte of each further record of this shape, or −1 if that takes more than one
   * byte.
   */
  headOf(shape: Shape): number {
    return shape.message === this.message && shape.number < firstSmallId - firstShapeId
      ? firstShapeId + shape.number
      : -1;
  }
}
