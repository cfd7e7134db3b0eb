import { createClient } from "@aster/rpc/client";
import { RPC_ALPN } from "@aster/rpc/server";
import type { Connection } from "@aster/transport";
import type { NodePair } from "@aster/transport/testing";
import type { Outcome } from "../client/outcome.ts";
import { SteppedCall } from "../client/stepped-call.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { RawServerRow } from "../row-kinds/raw-row.ts";
import { finish, send } from "../row-kinds/step.ts";
import { Conformance } from "../service/definitions.ts";
import type { Mode } from "./protocol.ts";
import { RawListener } from "./raw-listener.ts";
import { sendParts } from "./send-parts.ts";

/** A raw peer that answers each call with the parts of a row, on a connection of its own. */
export class RawServer implements AsyncDisposable {
  readonly #nodes: NodePair;
  readonly #incoming: AsyncIterableIterator<Connection>;
  /**
   * Dials run one after the other, so that the next incoming connection belongs to the last dial.
   */
  #dialed: Promise<unknown> = Promise.resolve();

  constructor(nodes: NodePair) {
    this.#nodes = nodes;
    this.#incoming = nodes.server.accept([RPC_ALPN], { raw: [RPC_ALPN] });
  }

  /** Calls the raw peer with a TypeScript client. */
  async answer(row: RawServerRow, mode: Mode): Promise<Outcome> {
    const [near, far] = await this.#connect();
    far.accept((channel) => {
      const listener = new RawListener();
      channel.read(listener);
      void listener.begun.then(() => sendParts(channel, row.parts, mode, listener));
    });
    try {
      const client = createClient(Conformance, near, {
        serialization: mode,
        limits: row.limits ?? {},
      });
      return await new SteppedCall(client, asCall(row), "raw", undefined).run([send(), finish]);
    } finally {
      near.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#incoming.return?.();
    await this.#nodes[Symbol.asyncDispose]();
  }

  #connect(): Promise<[near: Connection, far: Connection]> {
    const connected = this.#dialed.then(async (): Promise<[Connection, Connection]> => {
      const [near, far] = await Promise.all([
        this.#nodes.client.connect(this.#nodes.server.address(), RPC_ALPN),
        this.#incoming.next(),
      ]);
      return [near, far.value as Connection];
    });
    this.#dialed = connected.catch(() => {});
    return connected;
  }
}

function asCall({ suite, name, method, expect }: RawServerRow): CallRow {
  return { kind: "call", suite, name, method, steps: [], timeoutMs: 10_000, expect };
}
