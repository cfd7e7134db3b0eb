import { createClient, RPC_ALPN } from "@aster/rpc";
import type { Connection } from "@aster/transport";
import type { NodePair } from "@aster/transport/testing";
import type { Outcome } from "./outcome.ts";
import type { Mode } from "./protocol.ts";
import { RawListener } from "./raw-listener.ts";
import type { RawServerRow } from "./raw-row.ts";
import { speak } from "./raw-speech.ts";
import type { CallRow } from "./row.ts";
import { Conformance } from "./service.ts";
import { SteppedCall } from "./stepped-call.ts";
import { finish, send } from "./steps.ts";

/** A peer that answers calls with what rows say, each on a connection of its own. */
export class RawServer implements AsyncDisposable {
  readonly #nodes: NodePair;
  readonly #incoming: AsyncIterableIterator<Connection>;
  /** One dial at a time, so that it is known whose connection comes in. */
  #dialled: Promise<unknown> = Promise.resolve();

  constructor(nodes: NodePair) {
    this.#nodes = nodes;
    this.#incoming = nodes.server.accept([RPC_ALPN], { raw: [RPC_ALPN] });
  }

  /** Calls it with a client of ours. */
  async answer(row: RawServerRow, mode: Mode): Promise<Outcome> {
    const [mine, theirs] = await this.#meet();
    theirs.accept((channel) => {
      const listener = new RawListener();
      channel.read(listener);
      void listener.begun.then(() => speak(channel, row.parts, mode, listener));
    });
    try {
      const client = createClient(Conformance, mine, {
        serialization: mode,
        limits: row.limits ?? {},
      });
      return await new SteppedCall(client, asCall(row), "raw", undefined).run([send(), finish]);
    } finally {
      mine.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#incoming.return?.();
    await this.#nodes[Symbol.asyncDispose]();
  }

  #meet(): Promise<[Connection, Connection]> {
    const met = this.#dialled.then(async (): Promise<[Connection, Connection]> => {
      const [mine, theirs] = await Promise.all([
        this.#nodes.client.connect(this.#nodes.server.address(), RPC_ALPN),
        this.#incoming.next(),
      ]);
      return [mine, theirs.value as Connection];
    });
    this.#dialled = met.catch(() => {});
    return met;
  }
}

function asCall({ suite, name, method, expect }: RawServerRow): CallRow {
  return { kind: "call", suite, name, method, steps: [], timeoutMs: 10_000, expect };
}
