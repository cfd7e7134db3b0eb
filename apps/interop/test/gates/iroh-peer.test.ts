// The gates of a server, seen by a peer of another implementation, on every protocol of its node.
import {
  AsterConfig,
  AsterServer,
  defineService,
  implement,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import type { Denial } from "@aster/rpc/server";
import { encodeFrame, FrameFlag } from "@aster/transport";
import {
  formatCredential,
  generateRootKeypair,
  type RootKeypair,
  signCredential,
} from "@aster/trust";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import type { Connection } from "@number0/iroh/index.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exchange, fateOf, IrohPeer } from "./support/iroh-peer.ts";

const RPC = "aster/1";
const LINKED = { blobs: "/iroh-bytes/4", docs: "/iroh-sync/1", gossip: "/iroh-gossip/1" } as const;
const ALPNS = { rpc: RPC, ...LINKED } as const;
const protocols = Object.keys(ALPNS) as (keyof typeof ALPNS)[];

const NOT_ADMITTED = /not admitted/;
/** The time in which a server refuses a connection. */
const REFUSAL_MS = 2_000;
const OPEN_MS = 300;
const VALID_MS = 3_000;

const Nothing = wireType("gates/Nothing", {});
const Echo = defineService(
  "Echo",
  {},
  { say: unary(Nothing, Nothing), forever: serverStream(Nothing, Nothing) },
);

let calls = 0;
const echo = implement(Echo, {
  say: () => {
    calls += 1;
    return {};
  },
  async *forever(_, { signal }) {
    calls += 1;
    yield {};
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  },
});

let root: RootKeypair;
let server: AsterServer;
let peer: IrohPeer;
let denials: Denial[];

beforeEach(async () => {
  calls = 0;
  denials = [];
  root = await generateRootKeypair();
  server = await AsterServer.start({
    config: AsterConfig.of({}),
    identity: false,
    services: [echo],
    bindAddress: "127.0.0.1:0",
    network: "none",
    node: { protocols: ["blobs", "docs", "gossip"] },
    rootPubkey: root.publicKey,
    onDenied: (denial) => void denials.push(denial),
  });
  peer = await IrohPeer.open();
});

afterEach(async () => {
  await peer[Symbol.asyncDispose]();
  await server.close({ graceMs: 0 });
});

const dial = (alpn: string): Promise<Connection> => peer.connect(server.node.address(), alpn);

/** The request and the answer of an admission, as JSON that this test writes and reads itself. */
async function admission(credential: string): Promise<{ readonly admitted: boolean }> {
  const connection = await dial(CONSUMER_ADMISSION_ALPN);
  const request = JSON.stringify({ credential_json: credential, iid_token: "" });
  const answer = await exchange(connection, Buffer.from(request));
  connection.close(0n, []);
  return JSON.parse(answer.toString());
}

async function credential(expiresAtMs = Date.now() + 3_600_000): Promise<string> {
  const { secretKey } = root;
  const expiresAt = Math.floor(expiresAtMs / 1_000);
  return formatCredential(await signCredential(secretKey, { endpointId: peer.id, expiresAt }));
}

function callBytes(method: string): Buffer {
  const header = { service: "Echo", method, version: 1, serializationMode: 3 };
  return Buffer.concat([
    encodeFrame(FrameFlag.Header, Buffer.from(JSON.stringify(header))),
    encodeFrame(0, Buffer.from("{}")),
  ]);
}

interface Answer {
  readonly messages: number;
  readonly code: number;
  readonly details: Readonly<Record<string, string>>;
}

/** Calls a method in JSON and reads all frames of the answer. */
async function call(connection: Connection, method: string): Promise<Answer> {
  const bytes = await exchange(connection, callBytes(method));
  let messages = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    const flags = bytes[at + 4] ?? 0;
    if ((flags & FrameFlag.Trailer) !== 0) {
      const { code, detailKeys, detailValues } = JSON.parse(bytes.toString("utf8", at + 5, end));
      const pairs = detailKeys.map((key: string, index: number) => [key, detailValues[index]]);
      return { messages, code, details: Object.fromEntries(pairs) };
    }
    messages += 1;
    at = end;
  }
  throw new Error("the answer has no trailer");
}

describe("a peer that is not admitted", () => {
  test.each(protocols)("is refused on %s, and receives nothing", async (protocol) => {
    const connection = await dial(ALPNS[protocol]);
    const answer = exchange(connection, callBytes("say")).then(
      (bytes) => bytes.length,
      () => "no answer",
    );
    expect(await fateOf(connection, REFUSAL_MS)).toMatch(NOT_ADMITTED);
    expect(await answer).toBe("no answer");
    expect(calls).toBe(0);
    await expect
      .poll(() => denials, { timeout: 5_000 })
      .toMatchObject([{ gate: 0, peer: peer.id, alpn: ALPNS[protocol], cause: "not-admitted" }]);
    expect(server.stats()).toMatchObject({ connections: 0, connectionsTotal: 0, refused: 1 });
  });

  test("is refused after a denied admission, too", async () => {
    const rogue = await generateRootKeypair();
    const foreign = formatCredential(await signCredential(rogue.secretKey));
    expect(await admission(foreign)).toEqual({
      admitted: false,
      attributes: {},
      services: [],
      registry_namespace: "",
      root_pubkey: root.publicKey,
      reason: "",
    });
    for (const protocol of protocols) {
      const connection = await dial(ALPNS[protocol]);
      expect(await fateOf(connection, REFUSAL_MS)).toMatch(NOT_ADMITTED);
    }
  });
});

describe("an admitted peer", () => {
  test("is served on every protocol", async () => {
    expect(await admission(await credential())).toMatchObject({ admitted: true });
    for (const protocol of protocols) {
      const connection = await dial(ALPNS[protocol]);
      expect([protocol, await fateOf(connection, OPEN_MS)]).toEqual([protocol, "open"]);
      if (protocol === "rpc") {
        expect(await call(connection, "say")).toMatchObject({ messages: 1, code: 0 });
      }
      connection.close(0n, []);
    }
    expect(calls).toBe(1);
    expect(denials).toEqual([]);
  });

  test("is refused when its credential has expired, and can be admitted again", async () => {
    const expiresAtMs = Math.floor((Date.now() + VALID_MS) / 1_000) * 1_000;
    expect(await admission(await credential(expiresAtMs))).toMatchObject({ admitted: true });
    const rpc = await dial(RPC);
    const linked = await Promise.all(Object.values(LINKED).map(dial));
    const stream = await call(rpc, "forever");
    const lapsed = { code: 16, details: { reason: "admission.lapsed" } };
    expect(stream).toMatchObject({ messages: 1, ...lapsed });
    const late = Date.now() - expiresAtMs;
    expect(late).toBeGreaterThan(-50);
    expect(late).toBeLessThan(5_000);
    for (const connection of linked) {
      expect(await fateOf(connection, REFUSAL_MS)).toMatch(NOT_ADMITTED);
    }
    expect(await call(rpc, "say")).toMatchObject({ messages: 0, ...lapsed });
    for (const protocol of protocols) {
      expect(await fateOf(await dial(ALPNS[protocol]), REFUSAL_MS)).toMatch(NOT_ADMITTED);
    }
    // the same connection carries calls again
    expect(await admission(await credential())).toMatchObject({ admitted: true });
    expect(await call(rpc, "say")).toMatchObject({ messages: 1, code: 0 });
    expect(await fateOf(await dial(LINKED.blobs), OPEN_MS)).toBe("open");
    expect(calls).toBe(2);
  }, 20_000);
});
