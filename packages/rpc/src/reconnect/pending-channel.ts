import type { Channel, ChannelSink, Connection, TransportError } from "@aster/transport";

interface HeldFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
  readonly end: boolean;
}

/** What a call may have sent before there is a connection; then it is told to wait. */
const WINDOW_BYTES = 256 * 1024;

/** What holds a channel until there is a connection. */
export interface Waiting {
  /** The channel needs no connection any more. */
  left(channel: PendingChannel): void;
}

/** A channel that was opened before there was a connection: keeps what is sent, then passes everything on. */
export class PendingChannel implements Channel {
  /** Throws why this call must not be made on the new connection. */
  readonly check: () => void;
  readonly #opener: Connection;
  readonly #sink: ChannelSink;
  readonly #waiting: Waiting;
  #inner: Channel | undefined;
  #held: HeldFrame[] = [];
  #heldBytes = 0;
  #ended = false;
  #paused = false;
  #stopCode: number | undefined;
  #over = false;
  #drained: (() => void)[] = [];

  constructor(opener: Connection, sink: ChannelSink, check: () => void, waiting: Waiting) {
    this.#opener = opener;
    this.check = check;
    this.#sink = sink;
    this.#waiting = waiting;
  }

  /** The one behind it, once that is there. */
  get connection(): Connection {
    return this.#inner?.connection ?? this.#opener;
  }

  /** The connection is there. */
  attach(connection: Connection): void {
    if (this.#over) return;
    const inner = connection.open(this.#sink);
    this.#inner = inner;
    if (this.#paused) inner.pause();
    for (const { flags, payload, end } of this.#held) inner.send(flags, payload, end);
    if (this.#ended && !this.#held.at(-1)?.end) inner.end();
    if (this.#stopCode !== undefined) inner.stop(this.#stopCode);
    this.#held = [];
    for (const resolve of this.#drained.splice(0)) void inner.drained().then(resolve);
  }

  /** There will be no connection for it. */
  fail(error: TransportError): void {
    if (this.#over || this.#inner !== undefined) return;
    this.#finish();
    this.#sink.closed(error);
  }

  read(): void {
    throw new TypeError("a channel that was opened has its sink already");
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    if (this.#inner !== undefined) return this.#inner.send(flags, payload, end);
    if (this.#over || this.#ended) return true;
    this.#held.push({ flags, payload: payload.slice(), end });
    this.#heldBytes += payload.length;
    this.#ended = end;
    return this.#heldBytes < WINDOW_BYTES;
  }

  end(): void {
    if (this.#inner !== undefined) this.#inner.end();
    else this.#ended = true;
  }

  drained(): Promise<void> {
    if (this.#inner !== undefined) return this.#inner.drained();
    if (this.#over || this.#heldBytes < WINDOW_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  pause(): void {
    this.#paused = true;
    this.#inner?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#inner?.resume();
  }

  reset(code: number): void {
    if (this.#inner !== undefined) this.#inner.reset(code);
    else if (!this.#over) {
      this.#finish();
      this.#waiting.left(this);
    }
  }

  stop(code: number): void {
    if (this.#inner !== undefined) this.#inner.stop(code);
    else this.#stopCode = code;
  }

  #finish(): void {
    this.#over = true;
    this.#held = [];
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
