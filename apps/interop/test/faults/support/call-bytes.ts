import { compressPayload, type WireType } from "@aster/codec";
import { encodeFrame, FrameFlag } from "@aster/transport";
import {
  callHeaders,
  codecs,
  headers,
  type Mode,
  statuses,
} from "@aster-apps/conformance/protocol";
import { Counter, messageFrom, Testkit } from "@aster-apps/testkit";

const numbers = { xlang: 0, json: 3 } as const;
const noMetadata = { metadataKeys: [], metadataValues: [] };
const noCall = { callId: "", deadlineEpochMs: 0, ...noMetadata };

/**
 * Returns the bytes of a call of Testkit, without the end of the stream. Requests are in JSON form.
 */
export function callBytes(mode: Mode, method: string, ...requests: readonly object[]): Uint8Array {
  const frames = requests.map((request) => messageFrame(mode, Testkit, method, "request", request));
  return Buffer.concat([headerFrame(mode, Testkit.name, method), ...frames]);
}

/** Returns the bytes of a call of Testkit with one compressed request of any bytes. */
export function rawCallBytes(mode: Mode, method: string, request: Uint8Array): Uint8Array {
  const compressed = encodeFrame(FrameFlag.Compressed, compressPayload(request, 3));
  return Buffer.concat([headerFrame(mode, Testkit.name, method), compressed]);
}

/**
 * Returns the bytes of a Counter session with one `add` per number, without the end of the stream.
 */
export function sessionBytes(mode: Mode, ...adds: readonly number[]): Uint8Array {
  const calls = adds.flatMap((n) => [
    encodeFrame(FrameFlag.Call, callHeaders[mode].encode({ method: "add", ...noCall })),
    messageFrame(mode, Counter, "add", "request", { n }),
  ]);
  return Buffer.concat([headerFrame(mode, Counter.name, ""), ...calls]);
}

/** Returns the bytes of an answer of Testkit: replies in JSON form, and a status. */
export function answerBytes(
  mode: Mode,
  method: string,
  replies: readonly object[],
  { code = 0, message = "" } = {},
): Uint8Array {
  const status = { code, message, detailKeys: [], detailValues: [] };
  const frames = replies.map((reply) => messageFrame(mode, Testkit, method, "response", reply));
  const trailer = encodeFrame(FrameFlag.Trailer, statuses[mode].encode(status));
  return Buffer.concat([...frames, trailer]);
}

function headerFrame(mode: Mode, service: string, method: string): Uint8Array {
  const header = { service, method, version: 1, serializationMode: numbers[mode], ...noCall };
  return encodeFrame(FrameFlag.Header, headers[mode].encode(header));
}

function messageFrame(
  mode: Mode,
  service: typeof Testkit | typeof Counter,
  name: string,
  way: "request" | "response",
  json: object,
): Uint8Array {
  const type = service.byName.get(name)?.[way];
  if (type === undefined) throw new Error(`there is no method ${name}`);
  const message = messageFrom(type, json) as Record<string, unknown>;
  return encodeFrame(0, codecs[mode].type(type as WireType).encode(message));
}
