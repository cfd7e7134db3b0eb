import { Flag } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import type { MessageForm } from "../bytes/message-encoder.ts";
import type { CodecLimits } from "../limits.ts";
import type { RootBinding } from "./binding.ts";
import { noteReference } from "./references.ts";

let message = 0;

/** One type in one profile. */
export interface Bound {
  readonly fast: RootBinding;
  /** Makes the errors: it runs again what failed in the other engine. */
  readonly exact: RootBinding;
}

/** Writes the messages of one type in XLANG. */
export class XlangForm implements MessageForm<ByteWriter> {
  readonly root: string;
  readonly limits: CodecLimits;
  readonly onlyExact: boolean;
  readonly #bound: Bound;

  constructor(root: string, limits: CodecLimits, bound: Bound) {
    this.root = root;
    this.limits = limits;
    this.#bound = bound;
    this.onlyExact = bound.fast === bound.exact;
  }

  write(w: ByteWriter, value: unknown, offset: number, exact: boolean): void {
    const binding = exact ? this.#bound.exact : this.#bound.fast;
    message = (message + 1) | 0;
    w.message = message;
    w.names = 0;
    w.nameIds = undefined;
    w.emptyName = -1;
    w.definitions = 0;
    const { profile, tracking } = binding.plan;
    w.tracking = tracking;
    w.references = undefined;
    w.referenceCount = 0;
    w.maxDepth = this.limits.depth;
    w.maxBytes = this.limits.messageBytes;
    w.pos = offset;
    const head = w.room(offset, 2);
    head[offset] = profile.header;
    head[offset + 1] = tracking ? Flag.first : Flag.value;
    w.pos = offset + 2;
    if (value === undefined || value === null) {
      if (binding.filled && value === undefined) value = binding.filled();
      if (binding.empty && (value === undefined || value === null)) {
        if (profile.id === "A") head[offset] = profile.header | 1;
        head[offset + 1] = Flag.null;
        return;
      }
    }
    if (tracking) noteReference(w, value, binding.dynamic?.classify(value).shape ?? binding.shape);
    binding.writeInfo(w);
    binding.write(w, value, 1);
  }

  finish(w: ByteWriter): void {
    w.references = undefined;
  }
}
