import { setTimeout as sleep } from "node:timers/promises";
import { compressPayload } from "@aster/codec";
import { type Channel, encodeFrame, FrameFlag } from "@aster/transport";
import { Reply, Request } from "./messages.ts";
import { codecs, headers, type Mode, statuses } from "./protocol.ts";
import type { RawPart } from "./raw-part.ts";
import { Conformance } from "./service.ts";

const MODE_NUMBERS = { xlang: 0, json: 3 } as const;

/** Says parts on a channel of bytes. */
export async function speak(
  channel: Channel,
  parts: readonly RawPart[],
  mode: Mode,
): Promise<void> {
  for (const part of parts) {
    if (part.part === "end") channel.end();
    else if (part.part === "reset") channel.reset(part.code);
    else if (part.part === "close") channel.connection.close(part.code, "as the row says");
    else if (part.part === "wait") await sleep(part.ms);
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
    case "request":
      return [part.flags ?? 0, codecs[mode].type(Request).encode(Request.parse(part.request))];
    case "reply":
      return [
        part.flags ?? 0,
        codecs[mode].type(Reply).encode(Reply.parse({ ...noReply, ...part.reply })),
      ];
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

const noReply = { items: 0, bytes: 0, remainingMs: -1, peer: "" };
