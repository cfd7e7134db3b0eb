import type { MessageForm } from "../bytes/message-encoder.ts";
import type { Failure } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import { messageHead } from "./native-id.ts";
import type { NativeRoot } from "./native-messages.ts";
import { shallow } from "./shallow.ts";
import type { NativeWriter } from "./writing/native-writer.ts";
import { writeValues } from "./writing/write-values.ts";

/** Writes the messages of one type, or of any values, in NATIVE. */
export class NativeForm implements MessageForm<NativeWriter> {
  readonly root: string;
  readonly limits: CodecLimits;
  readonly onlyExact = false;
  readonly #of: NativeRoot;

  constructor(of: NativeRoot) {
    this.root = of.root;
    this.limits = of.limits;
    this.#of = of;
  }

  write(w: NativeWriter, value: unknown, offset: number, exact: boolean): void {
    const { limits, op, structOf } = this.#of;
    w.exact = exact;
    w.maxDepth = limits.depth;
    w.maxBytes = limits.messageBytes;
    w.structOf = structOf;
    writeValues(w, op, value, { start: messageHead, offset, depth: 1 });
  }

  finish(w: NativeWriter): void {
    w.clear();
    w.windows.clear();
  }

  failure(failure: Failure): Failure {
    return shallow(failure);
  }
}
