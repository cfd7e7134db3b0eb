import { compressPayload } from "@aster/codec";
import { type Channel, encodeFrame, FrameFlag } from "@aster/transport";
import type { RawPart } from "../row-kinds/raw-part.ts";
import { Conformance } from "../service/definitions.ts";
import { Reply, Request } from "../service/messages.ts";
import { callHeaders, codecs, headers, type Mode, statuses } from "./protocol.ts";
import type { RawListener } from "./raw-listener.ts";

const MODE_NUMBERS = { xlang: 0, json: 3 } as const;

/** Sends parts on a channel of bytes. `listener` records what arrives on the same channel. */
export async function sendParts(
  channel: Channel,
  parts: readonly RawPart[],
  mode: Mode,
  listener: RawListener,
): Promise<void> {
  for (const part of parts) {
    if (part.part === "end") channel.end();
    else if (part.part === "reset") channel.reset(part.code);
    else if (part.part === "close") channel.connection.close(part.code, "as the row says");
    else if (part.part === "awaitFrames") await listener.received(part.frames);
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
        ...deadlineOf(part),
      };
      return [part.flags ?? FrameFlag.Header, headers[mode].encode(header)];
    }
    case "call": {
      const header = {
        ...{ method: "", callId: "", deadlineEpochMs: 0, metadataKeys: [], metadataValues: [] },
        ...part.header,
        ...deadlineOf(part),
      };
      return [FrameFlag.Call, callHeaders[mode].encode(header)];
    }
    case "request": {
      const codec = codecs[mode].type(Request);
      const payload = padded(part.bytes, (padding) =>
        codec.encode(Request.parse(padding === undefined ? part.request : { tag: padding })),
      );
      return [part.flags ?? 0, payload];
    }
    case "reply": {
      const codec = codecs[mode].type(Reply);
      const payload = padded(part.bytes, (peer = "") =>
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
      throw new Error(`the part "${part.part}" is not a frame`);
  }
}

function deadlineOf({ deadlineInMs }: { readonly deadlineInMs?: number }) {
  return deadlineInMs === undefined ? {} : { deadlineEpochMs: Date.now() + deadlineInMs };
}

/** Encodes a message whose length is `bytes`, if given, by adjusting the padding. */
function padded(bytes: number | undefined, encode: (padding?: string) => Uint8Array): Uint8Array {
  if (bytes === undefined) return encode();
  let length = bytes;
  // the length of the padding is itself encoded, so it can take more than one try
  for (let tries = 0; tries < 4; tries += 1) {
    const payload = encode("x".repeat(length));
    if (payload.length === bytes) return payload;
    length += bytes - payload.length;
  }
  throw new Error(`no padding makes a message of ${bytes} bytes`);
}

const noReply = { items: 0, bytes: 0, remainingMs: -1 };
