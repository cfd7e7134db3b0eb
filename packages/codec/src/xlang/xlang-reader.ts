import { ByteReader } from "../bytes/byte-reader.ts";
import { decodeMetaString, type MetaStringUse } from "../bytes/meta-string.ts";
import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../schema/wire-type-info.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { Target } from "./values/value-op.ts";

/** Names are short: no namespace or type name may take more bytes than this. */
const maxNameBytes = 4_096;

/** Definitions of earlier messages that are not dropped, so that most messages allocate nothing. */
const keptDefinitions = 64;

/**
 * Reads one message in XLANG, and holds what the message has introduced so far: names, definitions
 * of types, and values that references may point to. A codec uses one reader for message after
 * message.
 */
export class XlangReader extends ByteReader {
  /** The type whose two names came first, if they were the expected ones. */
  root: WireTypeInfo | undefined = undefined;
  /** All other names in order of appearance, as targets of references. */
  names: string[] = [];
  /** Definitions in order of appearance. Those behind `definitionCount` are of earlier messages. */
  readonly definitions: TypeMeta[] = [];
  definitionCount = 0;
  /** A number that differs from message to message. */
  message = 0;
  /** True if the message has caused code to be generated. */
  generated = false;
  /** Values that references may point to, in order of appearance, and their types. */
  shared: unknown[] = [];
  targets: Target[] = [];
  /** True if all types keep references, as the options of the codec ask. */
  keeps = false;
  /** The number under which the next container registers itself, or −1. */
  pending = -1;

  override begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.end = bytes.length;
    this.pos = 0;
    // setting the length of an empty array would allocate memory
    if (this.names.length > 0) this.names = [];
    if (this.shared.length > 0) {
      this.shared = [];
      this.targets = [];
    }
    this.pending = -1;
    this.definitionCount = 0;
    this.message = (this.message + 1) | 0;
    this.generated = false;
    if (this.definitions.length > keptDefinitions) this.definitions.length = keptDefinitions;
  }

  /** Reads a namespace or type name, either in full or as a reference to an earlier one. */
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

  /** Goes back to an earlier state, to read the same bytes in another way. */
  rewind(pos: number, definitions: number, shared: number, names: number): void {
    this.pos = pos;
    this.definitionCount = definitions;
    this.shared.splice(shared);
    this.targets.splice(shared);
    this.names.splice(names);
  }

  #known(id: number): string | undefined {
    if (!this.root) return this.names[id];
    return id === 0 ? this.root.namespace : id === 1 ? this.root.name : this.names[id - 2];
  }
}
