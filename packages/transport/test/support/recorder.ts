import type { ChannelSink, TransportError } from "../../src/index.ts";

const TIMEOUT_MS = 10_000;

export interface RecordedFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** A sink that records its calls, and lets a test wait for them. */
export class Recorder implements ChannelSink {
  readonly frames: RecordedFrame[] = [];
  /** The names of the calls, in order. */
  readonly calls: string[] = [];
  bytes = 0;
  ended = false;
  broken: TransportError | undefined;
  stopCode: number | undefined;
  lost: TransportError | undefined;
  readonly #onFrame: ((flags: number, payload: Uint8Array) => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(onFrame?: (flags: number, payload: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  frame(flags: number, payload: Uint8Array): void {
    this.frames.push({ flags, payload: Uint8Array.from(payload) });
    this.bytes += payload.length;
    this.#called("frame");
    this.#onFrame?.(flags, payload);
  }

  end(): void {
    this.ended = true;
    this.#called("end");
  }

  malformed(error: TransportError): void {
    this.broken = error;
    this.#called("malformed");
  }

  stopped(code: number): void {
    this.stopCode = code;
    this.#called("stopped");
  }

  closed(error: TransportError): void {
    this.lost = error;
    this.#called("closed");
  }

  /** All payloads joined, for raw channels, which have no frame borders. */
  joined(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.frames.map((frame) => frame.payload)));
  }

  async until(what: string, happened: (self: this) => boolean): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!happened(this)) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`timed out waiting for ${what}; last calls: ${this.calls.slice(-20)}`);
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  }

  untilEnd(): Promise<void> {
    return this.until("the end", (self) => self.ended);
  }

  async untilLost(): Promise<TransportError> {
    await this.until("the loss", (self) => self.lost !== undefined);
    return this.lost as TransportError;
  }

  #called(call: string): void {
    this.calls.push(call);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
