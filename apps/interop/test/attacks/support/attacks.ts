import { compressPayload, createCodec, type WireType } from "@aster/codec";
import { rowCodec } from "@aster/codec/row";
import { RPC_ALPN } from "@aster/rpc/server";
import { type Connection, encodeFrame, FrameFlag } from "@aster/transport";
import { CONSUMER_ADMISSION_ALPN } from "@aster/trust/admission";
import { callHeaders, headers, type Mode } from "@aster-apps/conformance/protocol";
import { Counter, Testkit } from "@aster-apps/testkit";
import { collidingDoubles } from "../../../../../packages/codec/test/support/collisions.ts";
import { callBytes } from "../../faults/support/call-bytes.ts";
import { RawStream } from "../../faults/support/raw-peer.ts";
import { Hoard, Numbers } from "./hoard.ts";

/** The doings of one hostile process on each of its connections. */
export interface Attack {
  readonly alpn: string;
  /** Peers, each with a key of its own. */
  readonly keys: number;
  /** Of each key. */
  readonly connections: number;
  /** Streams that are open at a time, on each connection. */
  readonly streams: number;
  /** The figure of `server.stats()` that shows the attack. */
  readonly holds?: "calls" | "channels" | "connections" | "heldBytes" | "sessions";
  /** Opens one stream. Resolves when it is over. */
  open(connection: Connection): Promise<unknown>;
}

/** One key and as many connections as it may have. */
const onePeer = { alpn: RPC_ALPN, keys: 1, connections: 8 };
/** Eight keys, so that none of them uses up its share of time. */
const eightPeers = { alpn: RPC_ALPN, keys: 8, connections: 1 };
const MODES = { xlang: 0, native: 1, row: 2, json: 3 } as const;
const encoder = new TextEncoder();
const noMetadata = { metadataKeys: [], metadataValues: [] };
const request = Testkit.byName.get("echo")?.request as WireType;
const unlimited = { limits: { graphBytes: 2 ** 40 } };

const repeated = (text: string, count: number): string =>
  new Array<string>(count).fill(text).join();
const members = (count: number): string =>
  Array.from({ length: count }, (_, n) => `"k${n}":0`).join();
const points = (count: number) => ({ points: new Array(count).fill({ x: 1, y: 2, label: "" }) });
const attributes = (count: number) => ({
  attributes: Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, ""])),
});

/** Calls of `echo` with a message that is short on the wire and takes long to read. */
function expensive(mode: keyof typeof MODES, message: Uint8Array, ...first: Uint8Array[]): Attack {
  const form: Mode = mode === "json" ? "json" : "xlang";
  const header = encodeFrame(
    FrameFlag.Header,
    headers[form].encode({
      service: Testkit.name,
      method: "echo",
      version: 1,
      callId: "",
      deadlineEpochMs: 0,
      serializationMode: MODES[mode],
      ...noMetadata,
    }),
  );
  const frame = encodeFrame(FrameFlag.Compressed, compressPayload(message, 3));
  return { ...answered(32, Buffer.concat([header, ...first, frame])), ...eightPeers };
}

const inJson = (text: string) => expensive("json", encoder.encode(text));
const inXlang = (value: object, profile: "A" | "B" = "B") =>
  expensive("xlang", createCodec({ profile, ...unlimited }).encode(request, value as never));

/** Streams with the same bytes, whose answers are read. */
function answered(streams: number, bytes: Uint8Array): Attack {
  return {
    ...onePeer,
    streams,
    open(connection) {
      const stream = new RawStream(connection, bytes);
      stream.channel.end();
      return stream.ending;
    },
  };
}

/** Streams with the same bytes, whose answers are not read and which do not end. */
function held(streams: number, holds: Attack["holds"], bytes: Uint8Array): Attack {
  return {
    ...onePeer,
    streams,
    ...(holds && { holds }),
    open(connection) {
      const stream = new RawStream(connection, bytes);
      stream.channel.pause();
      return stream.ending;
    },
  };
}

/** Sessions with a call that ends another one, and waits for its handler. */
function waitingCalls(): Uint8Array {
  const header = {
    service: Counter.name,
    method: "",
    version: 1,
    callId: "",
    deadlineEpochMs: 0,
    serializationMode: MODES.json,
    ...noMetadata,
  };
  const call = callHeaders.json.encode({
    method: "add_all",
    callId: "",
    deadlineEpochMs: 0,
    ...noMetadata,
  });
  const long = new Uint8Array(15_000).fill(0x20);
  long.set(call);
  return Buffer.concat([
    encodeFrame(FrameFlag.Header, headers.json.encode(header)),
    encodeFrame(FrameFlag.Call, call),
    encodeFrame(FrameFlag.Call, long),
  ]);
}

const json = (method: string, ...requests: readonly object[]) =>
  callBytes("json", method, ...requests);

/** Calls whose headers are all different and almost as long as they may be. */
function longHeaders(): Attack {
  let number = 0;
  return {
    ...onePeer,
    streams: 64,
    open(connection) {
      number += 1;
      const metadata = { metadataKeys: ["k"], metadataValues: [`${number}`.padEnd(6_000, "x")] };
      const header = headers.json.encode({
        service: Testkit.name,
        method: "echo",
        version: 1,
        callId: `${number}`,
        deadlineEpochMs: 0,
        serializationMode: MODES.json,
        ...metadata,
      });
      const frames = [encodeFrame(FrameFlag.Header, header), encodeFrame(0, encoder.encode("{}"))];
      const stream = new RawStream(connection, Buffer.concat(frames));
      stream.channel.end();
      return stream.ending;
    },
  };
}

/** Calls with sets of doubles that V8 hashes alike. */
function collidingSets(): Attack {
  const header = encoder.encode(JSON.stringify({ service: Hoard.name, method: "gather" }));
  const set = new Set(collidingDoubles(20_000));
  const message = createCodec({ mode: "json", ...unlimited }).encode(Numbers, { set });
  const bytes = Buffer.concat([
    encodeFrame(FrameFlag.Header, header),
    encodeFrame(FrameFlag.Compressed, compressPayload(message, 3)),
  ]);
  return answered(32, bytes);
}

const silentAdmissions = (): Attack => ({
  alpn: CONSUMER_ADMISSION_ALPN,
  keys: 16,
  connections: 8,
  streams: 1,
  holds: "connections",
  open: (connection) => new RawStream(connection, new Uint8Array()).ending,
});

/** The ways in which one peer attacks, by name. Each is made when it is used. */
export const attacks: Readonly<Record<string, () => Attack>> = {
  "wide integers in JSON": () => inJson(`{"tags":[${repeated("9007199254740993", 50_000)}]}`),
  "unknown keys in JSON": () => inJson(`{${members(45_000)}}`),
  "keys in JSON": () => inJson(`{"attributes":{${members(45_000).replaceAll(":0", ':""')}}}`),
  "texts in JSON": () => inJson(`{"tags":[${repeated('""', 340_000)}]}`),
  "JSON that breaks at its end": () => inJson(`{"tags":[${repeated('""', 340_000)}`),
  "points in JSON": () => inJson(`{"points":[${repeated('{"x":1}', 250_000)}]}`),
  "points in XLANG": () => inXlang(points(240_000)),
  "points in XLANG of profile A": () => inXlang(points(240_000), "A"),
  "points in XLANG that break": () => {
    const bytes = createCodec({ profile: "B", ...unlimited }).encode(request, points(240_000));
    return expensive("xlang", bytes.subarray(0, -1));
  },
  "entries in XLANG": () => inXlang(attributes(130_000)),
  "points in NATIVE": () => {
    const codec = createCodec({ mode: "native", ...unlimited });
    return expensive("native", codec.encode(request, points(200_000) as never));
  },
  "points in ROW": () => {
    const codec = rowCodec(request, unlimited);
    const schema = encodeFrame(FrameFlag.RowSchema, codec.schemaBytes());
    return expensive("row", codec.encode(points(80_000) as never), schema);
  },
  "headers without requests": () => held(1_280, "channels", json("sleep")),
  "calls that sleep": () => held(1_280, "calls", json("sleep", { ms: 600_000 })),
  "streams that the attacker does not read": () =>
    held(1_280, "heldBytes", json("count", { end: 1e9, size: 60_000 })),
  "calls that wait inside sessions": () => held(1_000, "sessions", waitingCalls()),
  "silent streams": () => held(1_280, "channels", Uint8Array.of(9)),
  "long headers": longHeaders,
  "colliding sets in JSON": collidingSets,
  "silent admissions": silentAdmissions,
  "small calls": () => answered(200, json("echo", {})),
  "malformed frames": () => answered(100, Uint8Array.of(0, 0, 0, 0)),
  "calls that are reset": () => ({
    ...onePeer,
    streams: 100,
    async open(connection) {
      new RawStream(connection, json("sleep", { ms: 600_000 })).channel.reset(1);
    },
  }),
  "small pieces behind a paused reader": () => ({
    ...onePeer,
    streams: 100,
    async open(connection) {
      const stream = new RawStream(connection, json("chat"));
      stream.channel.pause();
      const piece = encodeFrame(0, encoder.encode("{}"));
      for (let sent = 0; sent < 20_000; sent += 1) {
        if (!stream.channel.send(0, piece)) await stream.channel.drained();
        if (sent % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await stream.ending;
    },
  }),
};
