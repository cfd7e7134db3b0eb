// Short requests that are expensive to decode. The server refuses them, and answers other clients
// in the meantime.
import { createCodec } from "@aster/codec";
import { Testkit } from "@aster-apps/testkit";
import { describe, expect, test } from "vitest";
import { rawCallBytes } from "../faults/support/call-bytes.ts";
import { ControlClient } from "../faults/support/control-client.ts";
import { RawPeer } from "../faults/support/raw-peer.ts";
import { TestkitServer } from "../faults/support/testkit-server.ts";

/** Requests that are sent at once. Each could hold the event loop for seconds. */
const together = 4;
const mostBytes = 500_000;

const encoder = new TextEncoder();
const echo = Testkit.byName.get("echo")?.request;
if (echo === undefined) throw new Error("there is no method echo");

function repeated(text: string, count: number): string {
  return new Array<string>(count).fill(text).join();
}

/** A request whose `points` are one object, by references that the type does not declare. */
function references(): Uint8Array {
  const point = { x: 1, y: 2, label: "p" };
  const codec = createCodec({ profile: "B", refs: true });
  const value = { points: new Array(200_000).fill(point) };
  return codec.encode(echo as NonNullable<typeof echo>, value as never);
}

const members = Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":0`).join();

describe("expensive requests", { timeout: 120_000 }, () => {
  test.each([
    ["references that no type declares", "xlang", references()],
    ["wide integers in JSON", "json", `{"tags":[${repeated("9007199254740993", 900_000)}]}`],
    ["unknown keys in JSON", "json", `{${members}}`],
    ["many numbers in JSON", "json", `{"tags":[${repeated("0", 7_000_000)}]}`],
    ["JSON that breaks at its end", "json", `{"tags":[${repeated('"a"', 500_000)}`],
  ] as const)("%s do not stop other calls", async (_, mode, request) => {
    await using server = await TestkitServer.start();
    await using control = await ControlClient.of(server);
    await using peer = await RawPeer.at(server.address);
    const bytes = rawCallBytes(
      mode,
      "echo",
      typeof request === "string" ? encoder.encode(request) : request,
    );
    expect(bytes.length).toBeLessThan(mostBytes);
    const streams = Array.from({ length: together }, () => {
      const stream = peer.open(bytes);
      stream.channel.end();
      return stream;
    });
    const sent = performance.now();
    await control.testkit.echo({ text: "meanwhile" }, { timeoutMs: 60_000 });
    // many seconds before each request had a limit
    expect(performance.now() - sent).toBeLessThan(together * 5_000);
    for (const stream of streams) {
      expect(await stream.ending).toBe("ended");
      expect(stream.answered).toBe(true);
    }
    await peer[Symbol.asyncDispose]();
    await control.expectHealthy();
  });
});
