// Streams that were good until some of their bytes were changed, cut out or repeated.
import { setTimeout as sleep } from "node:timers/promises";
import type { TransportError } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { type Random, random } from "../support/random-case.ts";
import { callBytes, RawPeer } from "../support/raw-peer.ts";
import { TestkitServer } from "../support/testkit-server.ts";
import { Witness } from "../support/witness.ts";

const AT_ONCE = 50;
const PATIENCE_MS = 10_000;

const seeds: readonly Uint8Array[] = [
  callBytes("echo", { text: "hello", tags: ["a", "b"], inner: { x: 1, y: 2, label: "p" } }),
  callBytes("count", { start: 0, end: 20, size: 100 }),
  callBytes("sum", { n: 1 }, { n: 2 }, { n: 3 }),
  callBytes("chat", { text: "one" }, { text: "two" }),
  callBytes("fail", { code: 7, message: "no" }),
  callBytes("add", { n: 1 }),
];

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
          // a change can make a long stream of a short one
          if (stream.flags.length > 0) return stream.channel.reset(1);
          throw new Error(`no end: ${Buffer.from(bytes).toString("hex")}`);
        });
        for (const ending of await Promise.all(endings)) {
          if (ending !== undefined) expect(isEnd(ending)).toBe(true);
        }
      }
      expect(connections).toBe(1);
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
