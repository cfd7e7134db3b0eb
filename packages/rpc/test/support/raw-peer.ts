// A peer that sends bytes, for messages that clients and servers never send.
import type { Server } from "@aster/rpc/server";
import {
  type Channel,
  type Connection,
  FrameFlag,
  FrameSplitter,
  type Node,
  type TransportError,
} from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";

export interface RawFrame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** The frames that came back on one channel, and its end. */
export class RawCall {
  readonly frames: RawFrame[] = [];
  /** The codes of STOP_SENDING from the other side. */
  readonly stops: number[] = [];
  ending: "open" | "ended" | TransportError = "open";
  readonly #splitter = new FrameSplitter();
  readonly #channel: Channel;
  #over: () => void = () => {};
  readonly #ended: Promise<void> = new Promise((resolve) => {
    this.#over = resolve;
  });

  constructor(connection: Connection) {
    this.#channel = connection.open({
      frame: (_, piece) =>
        this.#splitter.push(piece, (flags, payload) =>
          this.frames.push({ flags, payload: payload.slice() }),
        ),
      end: () => this.#finish("ended"),
      malformed: (error) => this.#finish(error),
      stopped: (code) => this.stops.push(code),
      closed: (error) => this.#finish(error),
    });
  }

  send(bytes: Uint8Array, end = false): this {
    if (bytes.length > 0) this.#channel.send(0, bytes, end);
    else if (end) this.#channel.end();
    return this;
  }

  reset(code: number): void {
    this.#channel.reset(code);
  }

  /** Resolves when the other side has ended, or after a second. */
  async answer(): Promise<this> {
    const timer = setTimeout(() => this.#over(), 1000);
    await this.#ended;
    clearTimeout(timer);
    return this;
  }

  get data(): Uint8Array[] {
    return this.frames
      .filter(({ flags }) => (flags & ~FrameFlag.Compressed) === 0)
      .map((f) => f.payload);
  }

  get trailer(): Uint8Array | undefined {
    return this.frames.find(({ flags }) => (flags & FrameFlag.Trailer) !== 0)?.payload;
  }

  #finish(ending: "ended" | TransportError): void {
    this.ending = ending;
    this.#over();
  }
}

export interface RawPair extends AsyncDisposable {
  /** A raw connection to the server. */
  readonly raw: Connection;
  /** A connection with frames, for a client of the same server. */
  readonly framed: Connection;
  readonly nodes: readonly Node[];
}

/** A server in memory, with one raw connection and one with frames. */
export async function rawPair(server: Server): Promise<RawPair> {
  const nodes = await memoryPair();
  const { client: here, server: there } = nodes;
  const incoming = there.accept(["aster/1"]);
  const [raw, framed] = await Promise.all([
    here.connect(there.id, "aster/1", { raw: true }),
    here.connect(there.id, "aster/1"),
  ]);
  for (let taken = 0; taken < 2; taken++) {
    const { value } = await incoming.next();
    server.handle(value as Connection);
  }
  return {
    raw,
    framed,
    nodes: [here, there],
    async [Symbol.asyncDispose]() {
      server.close();
      await nodes[Symbol.asyncDispose]();
    },
  };
}
