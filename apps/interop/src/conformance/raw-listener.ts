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

const PATIENCE_MS = 5_000;

/** Hears a channel of bytes out. */
export class RawListener implements ChannelSink {
  readonly frames: RawFrame[] = [];
  readonly #splitter = new FrameSplitter();
  #finish: (ending: "ended" | TransportError) => void = () => {};
  readonly #over: Promise<"ended" | TransportError> = new Promise((resolve) => {
    this.#finish = resolve;
  });
  #begin: () => void = () => {};
  /** Resolves once the first bytes are there. */
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

  /** Resolves once so many frames are there, or some seconds are over. */
  async heard(frames: number): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (this.frames.length < frames && performance.now() < until) await sleep(1);
  }

  /** How the other side ended; `"open"` when it has not for some seconds. */
  async ending(): Promise<"ended" | "open" | TransportError> {
    let timer: NodeJS.Timeout | undefined;
    const tired = new Promise<"open">((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, "open");
    });
    try {
      return await Promise.race([this.#over, tired]);
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

/** Opens a channel and hears it out. */
export function listenOn(open: (sink: ChannelSink) => Channel): [Channel, RawListener] {
  const listener = new RawListener();
  return [open(listener), listener];
}
