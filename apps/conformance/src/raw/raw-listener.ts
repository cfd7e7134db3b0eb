import { setTimeout as sleep } from "node:timers/promises";
import {
  type Channel,
  type ChannelSink,
  FrameFlag,
  FrameSplitter,
  type TransportError,
} from "@aster/transport";

export interface RawFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Longer than any peer takes to answer, even on a busy machine. */
const TIMEOUT_MS = 5_000;

/** Records everything that arrives on a channel of bytes. */
export class RawListener implements ChannelSink {
  readonly frames: RawFrame[] = [];
  readonly #splitter = new FrameSplitter();
  #finish: (ending: "ended" | TransportError) => void = () => {};
  readonly #over: Promise<"ended" | TransportError> = new Promise((resolve) => {
    this.#finish = resolve;
  });
  #begin: () => void = () => {};
  /** Resolves when the first bytes have arrived. */
  readonly begun: Promise<void> = new Promise((resolve) => {
    this.#begin = resolve;
  });

  frame(_: number, piece: Uint8Array): void {
    this.#splitter.push(piece, (flags, payload) =>
      this.frames.push({ flags, payload: payload.slice() }),
    );
    this.#begin();
  }

  end(): void {
    this.#finish("ended");
  }

  malformed(error: TransportError): void {
    this.#finish(error);
  }

  stopped(): void {}

  closed(error: TransportError): void {
    this.#finish(error);
  }

  /** Resolves when this many frames have arrived, or after the timeout. */
  async received(frames: number): Promise<void> {
    const until = performance.now() + TIMEOUT_MS;
    while (this.frames.length < frames && performance.now() < until) await sleep(1);
  }

  /** Resolves with the way in which the peer ended the channel; `"open"` after the timeout. */
  async ending(): Promise<"ended" | "open" | TransportError> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<"open">((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, "open");
    });
    try {
      return await Promise.race([this.#over, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  get messages(): RawFrame[] {
    return this.frames.filter(({ flags }) => (flags & ~FrameFlag.Compressed) === 0);
  }

  get trailer(): Uint8Array | undefined {
    return this.frames.find(({ flags }) => (flags & FrameFlag.Trailer) !== 0)?.payload;
  }
}

/** Opens a channel and records what arrives on it. */
export function listenOn(open: (sink: ChannelSink) => Channel): [Channel, RawListener] {
  const listener = new RawListener();
  return [open(listener), listener];
}
