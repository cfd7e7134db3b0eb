// Streams are reset and the server is replaced all the time, under clients that expect answers.
import { setTimeout as sleep } from "node:timers/promises";
import {
  AsterClient,
  AsterServer,
  defineService,
  implement,
  openGate,
  RpcError,
  unary,
  wireType,
} from "@aster/rpc";
import { faults } from "@aster/rpc/testing";
import { generateSecretKey, type Node } from "@aster/transport";
import { loopbackNode } from "@aster/transport/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { inForm } from "./support/form.ts";

const { seconds } = inForm({ short: { seconds: 10 }, long: { seconds: 60 } });
const CALLERS = 64;
const PAUSE_MS = 200;

const Item = wireType("chaos/Item", { n: z.int() });
const Squares = defineService("Squares", {}, { square: unary(Item, Item, { idempotent: true }) });

let handled = 0;
const squares = implement(Squares, {
  async square({ n }) {
    handled += 1;
    await sleep(n % 20);
    return { n: n * n };
  },
});

/** A server that ends and starts again with the same key and port. */
class RestartedServer {
  readonly #secretKey = generateSecretKey();
  #bindAddress = "127.0.0.1:0";
  #node!: Node;
  #server!: AsterServer;

  get address(): string {
    return this.#server.address;
  }

  async start(): Promise<void> {
    this.#node = await this.#bound();
    [this.#bindAddress = ""] = this.#node.address().directAddresses;
    this.#server = await AsterServer.start({
      services: [squares],
      gate: openGate(),
      node: this.#node,
    });
  }

  /** Ends the server in the middle of its calls. */
  async stop(): Promise<void> {
    await this.#server.close({ graceMs: 0 });
    await this.#node.close();
  }

  /** A port is free a little later than its node is closed. */
  async #bound(): Promise<Node> {
    const options = { secretKey: this.#secretKey, bindAddress: this.#bindAddress };
    for (let left = 100; ; left -= 1) {
      try {
        return await loopbackNode(options);
      } catch (error) {
        if (left === 0) throw error;
        await sleep(20);
      }
    }
  }
}

test(`P11: ${CALLERS} callers lose no call for ${seconds} s`, { timeout: 120_000 }, async () => {
  const server = new RestartedServer();
  await server.start();
  // one stream of twenty
  const resets = faults([
    { do: "reset", direction: "toServer", at: 0, chance: 0.025 },
    { do: "reset", direction: "toClient", at: 0, chance: 0.025 },
  ]);
  await using node = await loopbackNode();
  await using client = await AsterClient.connect(server.address, {
    node: resets.wrapNode(node),
    retry: { maxAttempts: 5 },
    reconnect: { initialBackoffMs: 20, maxBackoffMs: 200 },
  });
  const remote = client.client(Squares);

  let over = false;
  let answered = 0;
  const lost: string[] = [];
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let n = index; !over; n += CALLERS) {
      try {
        const answer = await remote.square({ n });
        if (answer.n !== n * n) lost.push(`${n} squared is not ${answer.n}`);
        answered += 1;
      } catch (error) {
        lost.push(`${n}: ${RpcError.from(error).message}`);
      }
      await sleep(Math.random() * PAUSE_MS);
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  let restarts = 0;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await sleep(1000);
    await server.stop();
    await server.start();
    restarts += 1;
  }
  over = true;
  await callers;
  await server.stop();

  expect(lost).toEqual([]);
  expect(restarts).toBeGreaterThanOrEqual(seconds / 3);
  expect(answered).toBeGreaterThan(seconds * 20);
  expect(resets.injected.length).toBeGreaterThan(seconds);
  // some attempts reached a handler and lost their answer
  expect(handled).toBeGreaterThan(answered);
});
