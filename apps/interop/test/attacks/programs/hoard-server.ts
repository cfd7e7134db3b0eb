// A server of the services Hoard, Testkit and Counter. Its argument is its limits as JSON. It
// answers `stats` on stdin.
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AsterServer, implement } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { Counter, counterHandlers, Testkit, testkitHandlers } from "@aster-apps/testkit";
import { Hoard } from "../support/hoard.ts";

const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
/** Bytes that no compression shrinks. */
const noise = randomFillSync(new Uint8Array(16 * 1024 * 1024));
const blob = (size: number) => ({ bytes: noise.slice(0, size) });

const server = await AsterServer.start({
  services: [
    implement(Hoard, {
      async keep(request, { signal }) {
        await once(signal, "abort");
        return request;
      },
      echo: (request) => request,
      fill: ({ bytes }) => blob(bytes),
      async *pour({ bytes, items }) {
        for (let item = 0; item < items; item += 1) yield blob(bytes);
      },
      async fillLater({ bytes }) {
        await sleep(1000);
        return blob(bytes);
      },
      gather: ({ set }) => blob(set.size % 10),
      async ignore(_, { signal }) {
        await once(signal, "abort");
        return blob(0);
      },
      async *chat(requests) {
        yield* requests;
      },
    }),
    implement(
      Testkit,
      testkitHandlers(() => {}),
    ),
    implement(Counter, (peer) => counterHandlers(peer, () => {})),
  ],
  gate: openGate({ production: true }),
  network: "none",
  bindAddress: "127.0.0.1:0",
  compression: false,
  limits: JSON.parse(process.argv[2] ?? "{}"),
  onError: ({ cause }) => process.stderr.write(`${cause}\n`),
});
createInterface({ input: process.stdin }).on("line", () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  print({ stats: { ...server.stats(), rssBytes: rss, liveBytes: heapUsed + external } });
});
print({ ready: true, address: server.address, pid: process.pid });
