import type { MessageForm } from "../bytes/message-encoder.ts";
import { type Failure, fail } from "../failure.ts";
import type { CodecLimits } from "../limits.ts";
import { messageHead } from "./native-id.ts";
import type { NativeOp } from "./types/checker.ts";
import type { ExtNamed } from "./types/ext-types.ts";
import type { StructNamed, StructOf } from "./types/native-types.ts";

import type { NativeWriter } from "./writing/native-writer.ts";
import { writeValues } from "./writing/write-values.ts";

export interface NativeRoot {
  /** What error paths begin with. */
  readonly root: string;
  /** Writes and checks the value of the message. */
  readonly op: NativeOp;
  readonly limits: CodecLimits;
  readonly structOf: StructOf;
  readonly structNamed: StructNamed;
  readonly extNamed: ExtNamed;
}

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

/** Where the stack was the bound, because the limit of depth is greater: a limit as well. */
export function shallow(failure: Failure): Failure {
  if (failure.cause instanceof RangeError && /call stack/i.test(failure.cause.message)) {
    return fail("limit", "nested deeper than the stack allows");
  }
  return failure;
}
