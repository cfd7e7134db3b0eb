import type { MessageForm } from "../bytes/message-encoder.ts";
import type { CodecLimits } from "../limits.ts";
import type { RootBinding } from "./binding.ts";
import { Flag, noteReference } from "./references.ts";
import type { XlangWriter } from "./xlang-writer.ts";

let message = 0;

/** One type in one profile. */
export interface Bound {
  readonly fast: RootBinding;
  /** Makes the errors: it runs again what failed in the other engine. */
  readonly exact: RootBinding;
}

/** Writes the messages of one type in XLANG. */
export class XlangForm implements MessageForm<XlangWriter> {
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

  write(w: XlangWriter, value: unknown, offset: number, exact: boolean): void {
    const binding = exact ? this.#bound.exact : this.#bound.fast;
    message = (message + 1) | 0;
    const { profile, tracking } = binding.plan;
    w.begin(message, offset, tracking);
    w.maxDepth = this.limits.depth;
    w.maxBytes = this.limits.messageBytes;
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

  finish(w: XlangWriter): void {
    w.references = undefined;
  }
}
