import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../schema/wire-type.ts";
import type { TypeDef } from "../xlang/type-meta.ts";
import { decodeMetaString, type MetaStringUse } from "./meta-string.ts";

/** What stands before a value that may be null or shared (docs/fory.md, "Flags"). */
export const Flag = { null: 0xfd, reference: 0xfe, value: 0xff, first: 0x00 } as const;

/** How many more values than bytes may be announced where a value may take no bytes: a struct without fields. */
export const maxUnbacked = 8_192;

/** Names are short; this is what one may take on the wire. */
const maxNameBytes = 4_096;

/** Where an engine reads: the bytes of one message, and what it has named so far. */
export class ByteReader {
  bytes: Uint8Array;
  pos = 0;
  end: number;
  /** Halves of the last 64-bit integer read, unsigned. */
  lo = 0;
  hi = 0;
  maxDepth = 0;
  /** What may still be spent on containers, in bytes. */
  graphBytes = 0;
  /** Whether bytes and arrays of the value may be views of these bytes. */
  views = false;
  /** The type whose two names came first, where they were the expected ones. */
  root: WireTypeInfo | undefined;
  /** All other meta strings in order of appearance, for references to them. */
  names: string[] = [];
  /** Definitions in order of appearance; those behind `definitionCount` are of earlier messages. */
  readonly definitions: TypeDef[] = [];
  definitionCount = 0;
  /** Values that others may refer to, in order of appearance, and what they are. */
  shared: unknown[] = [];
  shapes: string[] = [];
  /** The number under which the next container makes itself known, or −1. */
  pending = -1;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  byte(): number {
    if (this.pos >= this.end) throw this.cut(1);
    return this.bytes[this.pos++] as number;
  }

  /** Moves over `size` bytes that must be there, and returns where they start. */
  take(size: number): number {
    const start = this.pos;
    if (size > this.end - start) throw this.cut(size);
    this.pos = start + size;
    return start;
  }

  /** The next `size` bytes, for the value to keep: a view where the value may hold some, else a copy. */
  part(size: number): Uint8Array {
    const start = this.take(size);
    return this.views
      ? this.bytes.subarray(start, start + size)
      : this.bytes.slice(start, start + size);
  }

  /**
   * Accepts the count of a container, before anything is allocated for it: an element takes at least
   * one byte of the message, but for `unbacked` of them, and `cost` bytes of memory.
   */
  count(n: number, cost: number, unbacked = 0): number {
    if (n > this.end - this.pos + unbacked) {
      throw fail("data", `a count of ${n} with ${this.end - this.pos} bytes left`);
    }
    this.graphBytes -= n * cost;
    if (this.graphBytes < 0) throw fail("limit", "the message takes too much memory");
    return n;
  }

  /** A namespace or type name, given or referred to. */
  name(use: MetaStringUse): string {
    const head = this.small();
    if (head & 1) {
      const known = this.#known((head >>> 1) - 1);
      if (known === undefined) throw fail("data", `a reference to the unknown name ${head >>> 1}`);
      return known;
    }
    const size = head >>> 1;
    if (size > maxNameBytes) throw fail("limit", `a name of ${size} bytes`);
    let text = "";
    if (size > 0) {
      const encoding = size <= 16 ? this.byte() : (this.bytes[this.take(8)] as number);
      const start = this.take(size);
      text = decodeMetaString(this.bytes.subarray(start, start + size), encoding, use);
    }
    this.names.push(text);
    return text;
  }

  /** Forgets what was named since: the same bytes are read again in another way. */
  rewind(pos: number, definitions: number, shared: number, names: number): void {
    this.pos = pos;
    this.definitionCount = definitions;
    this.shared.splice(shared);
    this.shapes.splice(shared);
    this.names.splice(names);
  }

  /** A varuint of 32 bits. */
  small(): number {
    const first = this.bytes[this.pos] as number;
    if (first < 128 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    const last = this.byte();
    if (last > 15) throw fail("data", "an integer of more than 32 bits");
    return (value | (last << 28)) >>> 0;
  }

  #known(id: number): string | undefined {
    if (!this.root) return this.names[id];
    return id === 0 ? this.root.namespace : id === 1 ? this.root.name : this.names[id - 2];
  }

  cut(size: number): unknown {
    return fail("data", `the message ends where ${size} more bytes should follow`);
  }
}
