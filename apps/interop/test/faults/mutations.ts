// Streams that were good until some of their bytes were changed, cut out or repeated.
import { setTimeout as sleep } from "node:timers/promises";
import type { TransportError } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { callBytes, sessionBytes } from "../support/call-bytes.ts";
import { type Random, random } from "../support/random-case.ts";
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

/** A seed with one to four changes. */
function mutated(next: Random): Uint8Array {
  const below = (limit: number) => Math.floor(next() * limit);
  let bytes = seeds[below(seeds.length)] as Uint8Array;
  for (let changes = 1 + below(4); changes > 0; changes -= 1) {
    const [at, other] = [below(bytes.length + 1), below(bytes.length + 1)];
    const [from, to] = at < other ? [at, other] : [other, at];
    const kind = below(5);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else {
      bytes = bytes.slice();
      if (at < bytes.length)
        bytes[at] = kind === 3 ? below(256) : (bytes[at] ?? 0) ^ (1 << below(8));
    }
  }
  return bytes;
}

/** The test of this family, with so many streams. A failure names the seed, which the environment can give. */
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
          const bytes = mutated(next);
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
  });
}

function silence(): Promise<undefined> {
  return sleep(PATIENCE_MS, undefined, { ref: false });
}

/** A stream ends well, with a status, or is reset; its connection goes on. */
function isEnd(ending: "ended" | TransportError): boolean {
  return ending === "ended" || ending.code === "reset";
}
