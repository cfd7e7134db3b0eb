// Strangers of one address, beside those of others.
import type { Connection } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { ConnectionLimiter, MAX_UNADMITTED } from "../../src/peer/connection-limiter.ts";
import { sourceOf } from "../../src/peer/source.ts";

class FakeConnection {
  readonly alpn = "aster.consumer_admission";
  readonly peer: string;
  readonly remoteAddress: string | undefined;
  isOpen = true;
  readonly closed: Promise<void>;
  #end: () => void = () => {};

  constructor(peer: string, remoteAddress: string | undefined) {
    this.peer = peer;
    this.remoteAddress = remoteAddress;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  close(): void {
    this.isOpen = false;
    this.#end();
  }
}

function take(limiter: ConnectionLimiter, peer: string, address?: string): FakeConnection {
  const connection = new FakeConnection(peer, address);
  limiter.take({
    connection: connection as unknown as Connection,
    admitted: false,
    idle: () => true,
  });
  return connection;
}

describe("connections of strangers", () => {
  test.each([
    ["one address", () => "192.0.2.1:4000"],
    ["one IPv6 network", (n: number) => `[2001:db8::${n.toString(16)}]:4000`],
    ["a relay", () => undefined],
  ])("keep their place while %s floods with new keys", (_, address) => {
    const limiter = new ConnectionLimiter();
    const honest = Array.from({ length: 20 }, (_, n) =>
      take(limiter, `honest ${n}`, `198.51.100.${n}:5000`),
    );
    const flood = Array.from({ length: 1_000 }, (_, n) => take(limiter, `key ${n}`, address(n)));
    const late = take(limiter, "late", "203.0.113.1:5000");
    expect([...honest, late].every(({ isOpen }) => isOpen)).toBe(true);
    expect(flood.filter(({ isOpen }) => isOpen)).toHaveLength(MAX_UNADMITTED - 21);
  });

  test("lose their place to another key of the same address when their key has the most", () => {
    const limiter = new ConnectionLimiter();
    const honest = take(limiter, "honest", "192.0.2.1:1");
    for (let key = 0; key < 40; key += 1) {
      for (let dial = 0; dial < 8; dial += 1) take(limiter, `key ${key}`, "192.0.2.1:2");
    }
    expect(honest.isOpen).toBe(true);
  });
});

test.each([
  ["192.0.2.1:80", "192.0.2.1"],
  ["[2001:db8::1]:80", "2001:db8:0:0"],
  ["[2001:db8:1:2:3:4:5:6]:80", "2001:db8:1:2"],
  ["[2001:db8:1:2::6]:80", "2001:db8:1:2"],
  ["[::1]:80", "0:0:0:0"],
  ["[::ffff:192.0.2.1]:80", "192.0.2.1"],
  [undefined, "relay"],
])("the source of %s is %s", (address, source) => {
  expect(sourceOf(address)).toBe(source);
});
