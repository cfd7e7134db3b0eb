import { setTimeout as sleep } from "node:timers/promises";
import { compressPayload } from "@aster/codec";
import { type Channel, encodeFrame, FrameFlag } from "@aster/transport";
import { Reply, Request } from "./messages.ts";
import { callHeaders, codecs, headers, type Mode, statuses } from "./protocol.ts";
import type { RawListener } from "./raw-listener.ts";
import type { RawPart } from "./raw-part.ts";
import { Conformance } from "./service.ts";

const MODE_NUMBERS = { xlang: 0, json: 3 } as const;

/** Says parts on a channel of bytes; `listener` hears the answers. */
export async function speak(
  channel: Channel,
  parts: readonly RawPart[],
  mode: Mode,
  listener: RawListener,
): Promise<void> {
  for (const part of parts) {
    if (part.part === "end") channel.end();
    else if (part.part === "reset") channel.reset(part.code);
    else if (part.part === "close") channel.connection.close(part.code, "as the row says");
    else if (part.part === "wait") await sleep(part.ms);
    else if (part.part === "heard") await listener.heard(part.frames);
    else if (part.part === "slowly") {
      for (const byte of part.of.flatMap((one) => [...bytesOf(one, mode)])) {
        channel.send(0, Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
    } else channel.send(0, bytesOf(part, mode));
  }
}

function bytesOf(part: RawPart, mode: Mode): Uint8Array {
  if (part.part === "bytes") return part.bytes;
  if (part.part === "compressed") {
    const [flags, payload] = frameOf(part.of, mode);
    return encodeFrame(flags | FrameFlag.Compressed, compressPayload(payload));
  }
  return encodeFrame(...frameOf(part, mode));
}

function frameOf(part: RawPart, mode: Mode): [flags: number, payload: Uint8Array] {
  switch (part.part) {
    case "header": {
      const header = {
        ...{ service: Conformance.name, method: "unary", version: 1, callId: "" },
        ...{ deadlineEpochMs: 0, serializationMode: MODE_NUMBERS[mode] },
        ...{ metadataKeys: [], metadataValues: [] },
        ...part.header,
        ...(part.deadlineInMs === undefined
          ? {}
          : { deadlineEpochMs: Date.now() + part.deadlineInMs }),
      };
      return [part.flags ?? FrameFlag.Header, headers[mode].encode(header)];
    }
    case "call": {
      const header = {
        ...{ method: "", callId: "", deadlineEpochMs: 0, metadataKeys: [], metadataValues: [] },
        ...part.header,
        ...(part.deadlineInMs === undefined
          ? {}
          : { deadlineEpochMs: Date.now() + part.deadlineInMs }),
      };
      return [FrameFlag.Call, callHeaders[mode].encode(header)];
    }
    case "request": {
      const codec = codecs[mode].type(Request);
      const payload = sized(part.bytes, (filling) =>
        codec.encode(Request.parse(filling === undefined ? part.request : { tag: filling })),
      );
      return [part.flags ?? 0, payload];
    }
    case "reply": {
      const codec = codecs[mode].type(Reply);
      const payload = sized(part.bytes, (peer = "") =>
        codec.encode(Reply.parse({ ...noReply, peer, ...part.reply })),
      );
      return [part.flags ?? 0, payload];
    }
    case "status": {
      const status = { code: 0, message: "", detailKeys: [], detailValues: [], ...part.status };
      return [part.flags ?? FrameFlag.Trailer, statuses[part.form ?? mode].encode(status)];
    }
    case "frame":
      return [part.flags, part.payload];
    default:
      throw new Error(`"${part.part}" is no frame`);
  }
}

/** The payload that a text makes as long as asked for. */
function sized(bytes: number | undefined, encode: (filling?: string) => Uint8Array): Uint8Array {
  if (bytes === undefined) return encode();
  let length = bytes;
  for (let tries = 0; tries < 4; tries += 1) {
    const payload = encode("x".repeat(length));
    if (payload.length === bytes) return payload;
    length += bytes - payload.length;
  }
  throw new Error(`no text makes a message of ${bytes} bytes`);
}

const noReply = { items: 0, bytes: 0, remainingMs: -1 };
