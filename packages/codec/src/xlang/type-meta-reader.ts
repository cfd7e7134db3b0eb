import { ByteReader, startsWith } from "../bytes/byte-reader.ts";
import { unpackName } from "../bytes/meta-string.ts";
import { TypeId } from "../bytes/type-id.ts";
import { fail } from "../failure.ts";
import { maxFields } from "../limits.ts";
import {
  hashOf,
  maxDefinitionBytes,
  type StatedField,
  type StatedType,
  type TypeMeta,
} from "./type-meta.ts";
import type { XlangReader } from "./xlang-reader.ts";

/**
 * Definitions that were read before, the same object for the same bytes. Each generation has its
 * own.
 */
const known = { A: new Map<string, TypeMeta>(), B: new Map<string, TypeMeta>() };
/** Maximum number of cached definitions, as peers may send any number of them. */
const maxKnown = 256;
/**
 * Maximum number of definitions in one message: each costs memory and time, and one message needs
 * few.
 */
const maxDefinitions = 1_024;
/**
 * Cost of one byte of a definition, as in `CodecLimits.graphBytes`: it is parsed and compared with
 * our type.
 */
const byteCost = 200;
/** Maximum nesting of the types of one field. */
const maxNesting = 50;

/** Reads the definition that a message gives or refers to at this position. */
export function readDefinition(r: XlangReader, generation: "A" | "B"): TypeMeta {
  const marker = r.small();
  if (marker & 1) {
    const index = marker >>> 1;
    const def = index < r.definitionCount ? r.definitions[index] : undefined;
    if (!def) throw fail("data", `a reference to the unknown definition ${index}`);
    return def;
  }
  if (marker >>> 1 !== r.definitionCount) {
    throw fail("data", `definition ${marker >>> 1} where ${r.definitionCount} comes next`);
  }
  const start = r.take(8);
  const low = r.bytes[start] as number;
  const size = low === 255 ? 255 + r.small() : low;
  if (size > maxDefinitionBytes) throw fail("limit", `a definition of ${size} bytes`);
  const bytes = r.bytes.subarray(start, r.take(size) + size);
  r.charge(bytes.length * byteCost);
  const def = lookUp(bytes, bytes.length - size, generation);
  addDefinition(r, def);
  return def;
}

/** Adds a definition to those of this message. */
export function addDefinition(r: XlangReader, def: TypeMeta): void {
  if (r.definitionCount >= maxDefinitions) {
    throw fail("limit", `more than ${maxDefinitions} definitions`);
  }
  r.definitions[r.definitionCount++] = def;
}

function lookUp(bytes: Uint8Array, head: number, generation: "A" | "B"): TypeMeta {
  const cache = known[generation];
  const key = String.fromCharCode(...bytes.subarray(0, 8));
  const before = cache.get(key);
  // headers can be made to collide, so all bytes are compared
  if (before && before.bytes.length === bytes.length && startsWith(bytes, 0, before.bytes)) {
    return before;
  }
  const def = new Definition(bytes.slice(), head, generation).read();
  if (cache.size >= maxKnown) cache.delete(cache.keys().next().value as string);
  cache.set(key, def);
  return def;
}

const kinds = ["enum", "enum", "ext", "ext", "union", "union"] as const;

/** Reads one definition. */
class Definition {
  readonly #bytes: Uint8Array;
  readonly #generation: "A" | "B";
  readonly #r: ByteReader;

  constructor(bytes: Uint8Array, head: number, generation: "A" | "B") {
    this.#bytes = bytes;
    this.#generation = generation;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const header = view.getBigUint64(0, true);
    const low = Number(header & 0xfffn);
    if (generation === "B") {
      if (low > 0xff)
        throw fail("data", "a definition with unknown flags: compressed ones are not read");
      if (hashOf(bytes.subarray(head), low) !== (header & ~0xfffn)) {
        throw fail("data", "a definition whose hash is not that of its bytes");
      }
    } else if (low & 0x200) throw fail("data", "a compressed definition");
    this.#r = new ByteReader(bytes);
    this.#r.pos = head;
  }

  read(): TypeMeta {
    const r = this.#r;
    const first = r.byte();
    const struct = this.#generation === "A" || (first & 0x80) !== 0;
    if (!struct && first >= kinds.length) throw fail("data", `a definition of the kind ${first}`);
    const named = struct ? (first & 0x20) !== 0 : (first & 1) !== 0;
    let count = struct ? first & 31 : 0;
    if (count === 31) count += r.small();
    if (count > maxFields) throw fail("limit", `a type of ${count} fields`);
    let tag = "";
    let typeId: number | undefined;
    if (named) {
      const namespace = this.#name("namespace");
      const name = this.#name("type");
      tag = namespace === "" ? name : `${namespace}/${name}`;
    } else {
      if (this.#generation === "A") r.byte();
      typeId = r.small();
    }
    const fields: StatedField[] = [];
    for (let i = 0; i < count; i++) fields.push(this.#field());
    if (r.pos !== r.end) throw fail("data", `${r.end - r.pos} bytes are left in a definition`);
    const kind = struct ? "struct" : (kinds[first] as TypeMeta["kind"]);
    return { bytes: this.#bytes, kind, tag, typeId, fields };
  }

  #name(use: "namespace" | "type"): string {
    const head = this.#r.byte();
    const size = this.#more(head >> 2, 63);
    return size === 0 ? "" : this.#text(size, head & 3, use);
  }

  #field(): StatedField {
    const head = this.#r.byte();
    const size = this.#more((head >> 2) & 15, 15);
    const type = this.#type(this.#r.byte(), (head & 2) !== 0, (head & 1) !== 0, 0);
    if (head >> 6 === 3) return { name: "", fieldId: size, type };
    return { name: this.#text(size + 1, head >> 6, "field"), fieldId: undefined, type };
  }

  #type(id: number, nullable: boolean, shared: boolean, depth: number): StatedType {
    if (depth > maxNesting) throw fail("limit", "a type that nests too deep");
    const count = id === TypeId.map ? 2 : id === TypeId.list || id === TypeId.set ? 1 : 0;
    const inner: StatedType[] = [];
    for (let i = 0; i < count; i++) {
      const head = this.#r.small();
      inner.push(this.#type(head >>> 2, (head & 2) !== 0, (head & 1) !== 0, depth + 1));
    }
    return { id, nullable, shared, inner };
  }

  #text(size: number, encoding: number, use: "namespace" | "type" | "field"): string {
    const start = this.#r.take(size);
    return unpackName(this.#bytes.subarray(start, start + size), encoding, use);
  }

  #more(value: number, most: number): number {
    return value === most ? value + this.#r.small() : value;
  }
}
