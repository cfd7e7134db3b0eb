// Valid streams with bytes that are changed, removed or repeated.
import { setTimeout as sleep } from "node:timers/promises";
import { StatusCode } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { RPC_ALPN } from "@aster/rpc/server";
import type { TransportError } from "@aster/transport";
import { loopbackPair } from "@aster/transport/testing";
import type { Mode } from "@aster-apps/conformance/protocol";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test } from "vitest";
import { random } from "../support/random.ts";
import { answerBytes, callBytes, sessionBytes } from "./support/call-bytes.ts";
import { ControlClient } from "./support/control-client.ts";
import { inForm } from "./support/form.ts";
import { mutated } from "./support/mutation.ts";
import { ended } from "./support/outcome.ts";
import { RawPeer } from "./support/raw-peer.ts";
import { TestkitServer } from "./support/testkit-server.ts";

/** Determines the mutations. `ASTER_FAULTS_SEED` repeats a run. */
const seed = Number(process.env.ASTER_FAULTS_SEED ?? Date.now() % 2 ** 31);
const streams = inForm({ short: 5000, long: 1_000_000 });

const CONCURRENT = 50;
const TIMEOUT_MS = 10_000;

const points = [
  { x: 1, y: 2, label: "p" },
  { x: -1, y: 0.5, label: "q" },
];
const echo = {
  ...{ text: "hello", number: -7, ratio: 0.5, flag: true, blob: "AAECAwQFBgcICQ==" },
  ...{ tags: ["a", "b"], attributes: { k: "v" }, inner: { x: 1, y: 2, label: "i" }, points },
};
const validCalls: readonly Uint8Array[] = (["xlang", "json"] as const).flatMap((mode) => [
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

describe("mutations", { timeout: 900_000 }, () => {
  test(`W: the server ends or resets each of ${streams} streams of mutated bytes, seed ${seed}`, async () => {
    await using server = await TestkitServer.start("--limit", "maxResets=1000000");
    await using control = await ControlClient.of(server);
    await using peer = await RawPeer.at(server.address);
    const next = random(seed);
    let connections = 1;
    let answered = 0;
    void watch(peer);
    async function watch({ connection }: RawPeer): Promise<void> {
      await connection.closed;
      connections += 1;
    }
    for (let left = streams; left > 0; left -= CONCURRENT) {
      const sent = Array.from({ length: CONCURRENT }, () => {
        const bytes = mutated(validCalls, next);
        const stream = peer.open(bytes);
        stream.channel.end();
        return { bytes, stream };
      });
      const endings = sent.map(async ({ bytes, stream }) => {
        const over = await Promise.race([stream.ending, timeout()]);
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
    await control.expectHealthy();
  });

  test(`W20: a client ends each call with one of ${streams} mutated answers, seed ${seed}`, async () => {
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
    const timeoutMs = TIMEOUT_MS;
    const clients = {
      xlang: createClient(Testkit, connection, { timeoutMs, serialization: "xlang" }),
      json: createClient(Testkit, connection, { timeoutMs, serialization: "json" }),
    };
    const codes = new Set<number>();
    let longestMs = 0;
    for (let left = streams; left > 0; left -= 2 * CONCURRENT) {
      mode = left % (4 * CONCURRENT) === 0 ? "xlang" : "json";
      const client = clients[mode];
      const calls = Array.from({ length: CONCURRENT }, () => [
        ended<unknown>(client.echo({})),
        ended<unknown>(client.count({})),
      ]);
      for (const { code, tookMs } of await Promise.all(calls.flat())) {
        codes.add(code);
        longestMs = Math.max(longestMs, tookMs);
      }
    }
    expect(longestMs).toBeLessThan(TIMEOUT_MS);
    expect(codes).toContain(StatusCode.OK);
    expect(codes).toContain(StatusCode.PERMISSION_DENIED);
    expect(codes).toContain(StatusCode.INTERNAL);
    expect(nodes.client.stats()).toMatchObject({ connections: 1, channels: 0 });
  });
});

function timeout(): Promise<undefined> {
  return sleep(TIMEOUT_MS, undefined, { ref: false });
}

/** Returns whether a stream ended with a status or was reset, while its connection stays open. */
function isEnd(ending: "ended" | TransportError): boolean {
  return ending === "ended" || ending.code === "reset";
}
