// Streams that were good until some of their bytes were changed, cut out or repeated.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, RPC_ALPN, StatusCode } from "@aster/rpc";
import type { TransportError } from "@aster/transport";
import { loopbackPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import type { Mode } from "../../src/conformance/protocol.ts";
import { Testkit } from "../../src/service.ts";
import { answerBytes, callBytes, sessionBytes } from "../support/call-bytes.ts";
import { mutated } from "../support/mutation.ts";
import { ended } from "../support/outcome.ts";
import { random } from "../support/random-case.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { Witness } from "../support/witness.ts";

const AT_ONCE = 50;
const PATIENCE_MS = 10_000;

const points = [
  { x: 1, y: 2, label: "p" },
  { x: -1, y: 0.5, label: "q" },
];
const echo = {
  ...{ text: "hello", number: -7, ratio: 0.5, flag: true, blob: "AAECAwQFBgcICQ==" },
  ...{ tags: ["a", "b"], attributes: { k: "v" }, inner: { x: 1, y: 2, label: "i" }, points },
};
const seeds: readonly Uint8Array[] = (["xlang", "json"] as const).flatMap((mode) => [
  callBytes(mode, "echo", echo),
  callBytes(mode, "sum", { n: 1 }, { n: 2 }, { n: 3 }),
  callBytes(mode, "chat", { text: "one" }, echo),
  callBytes(mode, "fail", { code: 7, message: "no", after: 1 }),
  sessionBytes(mode, 1, 2),
]);

const status = { code: 7, message: "no" };
const answers: Readonly<Record<Mode, readonly Uint8Array[]>> = {
  xlang: answersIn("xlang"),
  json: answersIn("json"),
};

function answersIn(mode: Mode): Uint8Array[] {
  return [
    answerBytes(mode, "echo", [{ ...echo, peer: "p", roles: ["r"], metadata: { a: "b" } }]),
    answerBytes(mode, "count", [{ n: 1 }, { n: 2, payload: "AAEC" }]),
    answerBytes(mode, "count", [{ n: 1 }], status),
    answerBytes(mode, "echo", [], status),
  ];
}

/** The tests of this family, with so many streams. A failure names the seed, which the environment can give. */
export function mutations(streams: number): void {
  const seed = Number(process.env.ASTER_FAULTS_SEED ?? Date.now() % 2 ** 31);

  describe("mutations", { timeout: 900_000 }, () => {
    test(`W: ${streams} streams of mutated bytes, seed ${seed}`, async () => {
      await using server = await TestkitServer.start("--limit", "maxResets=1000000");
      await using witness = await Witness.of(server);
      await using peer = await RawPeer.at(server.address);
      const next = random(seed);
      let connections = 1;
      let answered = 0;
      void watch(peer);
      async function watch({ connection }: RawPeer): Promise<void> {
        await connection.closed;
        connections += 1;
      }
      for (let left = streams; left > 0; left -= AT_ONCE) {
        const said = Array.from({ length: AT_ONCE }, () => {
          const bytes = mutated(seeds, next);
          const stream = peer.say(bytes);
          stream.channel.end();
          return { bytes, stream };
        });
        const endings = said.map(async ({ bytes, stream }) => {
          const over = await Promise.race([stream.ending, silence()]);
          if (over !== undefined) return over;
          throw new Error(`no end: ${Buffer.from(bytes).toString("hex")}`);
        });
        for (const ending of await Promise.all(endings)) {
          expect(isEnd(ending)).toBe(true);
          answered += ending === "ended" ? 1 : 0;
        }
      }
      expect(connections).toBe(1);
      expect(answered).toBeGreaterThan(streams / 2);
      await peer[Symbol.asyncDispose]();
      await witness.sees();
    });

    test(`W20: ${streams} answers of mutated bytes, seed ${seed}`, async () => {
      await using nodes = await loopbackPair();
      const next = random(seed);
      let mode: Mode = "xlang";
      const accepted = nodes.server.accept([RPC_ALPN], { raw: [RPC_ALPN] });
      void (async () => {
        for await (const connection of accepted) {
          connection.accept((channel) => {
            channel.read({ frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} });
            channel.send(0, mutated(answers[mode], next), true);
          });
        }
      })();
      const connection = await nodes.client.connect(nodes.server.address(), RPC_ALPN);
      const timeoutMs = PATIENCE_MS;
      const clients = {
        xlang: createClient(Testkit, connection, { timeoutMs, serialization: "xlang" }),
        json: createClient(Testkit, connection, { timeoutMs, serialization: "json" }),
      };
      const codes = new Set<number>();
      let longestMs = 0;
      for (let left = streams; left > 0; left -= 2 * AT_ONCE) {
        mode = left % (4 * AT_ONCE) === 0 ? "xlang" : "json";
        const client = clients[mode];
        const calls = Array.from({ length: AT_ONCE }, () => [
          ended<unknown>(client.echo({})),
          ended<unknown>(client.count({})),
        ]);
        for (const { code, tookMs } of await Promise.all(calls.flat())) {
          codes.add(code);
          longestMs = Math.max(longestMs, tookMs);
        }
      }
      expect(longestMs).toBeLessThan(PATIENCE_MS);
      expect(codes).toContain(StatusCode.OK);
      expect(codes).toContain(StatusCode.PERMISSION_DENIED);
      expect(codes).toContain(StatusCode.INTERNAL);
      expect(nodes.client.stats()).toMatchObject({ connections: 1, channels: 0 });
    });
  });
}

function silence(): Promise<undefined> {
  return sleep(PATIENCE_MS, undefined, { ref: false });
}

/** A stream ends well, with a status, or is reset; its connection goes on. */
function isEnd(ending: "ended" | TransportError): boolean {
  return ending === "ended" || ending.code === "reset";
}
