import {
  defineService,
  implement,
  RpcError,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { z } from "zod";
import { metrics } from "../src/metrics.ts";

const Item = wireType("scrapetest/Item", { name: z.string() });
const Shop = defineService(
  "Shop",
  {},
  { find: unary(Item, Item), list: serverStream(Item, Item), wait: unary(Item, Item) },
);

const shop = implement(Shop, {
  find: async ({ name }) => {
    if (name === "none") throw new RpcError(StatusCode.NOT_FOUND, "no such item");
    return { name };
  },
  list: async function* ({ name }) {
    for (let n = 0; n < 5; n++) yield { name };
  },
  wait: (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
});

/** A server with all metrics, and a client in the same program. */
export interface ScrapedServer extends AsyncDisposable {
  /** Unary calls of Shop.find; "none" fails with NOT_FOUND. */
  find(name: string): Promise<unknown>;
  /** Reads the five responses of Shop.list. */
  list(name: string): Promise<void>;
  /** A call of Shop.wait that lasts until its signal fires. */
  wait(signal: AbortSignal): Promise<unknown>;
  /** A call of a method that the server does not have. It is refused. */
  unknown(): Promise<unknown>;
  /** Returns the number of running calls. */
  running(): number;
  scrape(): Promise<Response>;
}

export async function scrapedServer(transport: "memory" | "quic"): Promise<ScrapedServer> {
  const counted = metrics();
  const pair = await servicePair({
    services: [shop],
    transport,
    interceptors: [counted],
    client: { interceptors: [counted] },
    healthPort: 0,
    metrics: [counted],
  });
  const calls = pair.client.client(Shop);
  return {
    find: (name) => calls.find({ name }),
    async list(name) {
      for await (const _ of calls.list({ name }));
    },
    wait: (signal) => calls.wait({ name: "" }, { signal }),
    unknown: async () =>
      pair.client
        .proxy("Shop")
        .unknown?.({})
        .catch(() => {}),
    running: () => pair.server.stats().calls,
    scrape: () => fetch(`http://127.0.0.1:${pair.server.healthPort}/metrics/prometheus`),
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  };
}
