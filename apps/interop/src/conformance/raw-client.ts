import { setTimeout as sleep } from "node:timers/promises";
import { decompressPayload } from "@aster/codec";
import { type Connection, FrameFlag, TransportError } from "@aster/transport";
import { Findings } from "./findings.ts";
import { Reply } from "./messages.ts";
import { codecs, type Mode, readStatus } from "./protocol.ts";
import { listenOn, type RawFrame } from "./raw-listener.ts";
import { end, header, request } from "./raw-part.ts";
import type { RawClientRow } from "./raw-row.ts";
import { speak } from "./raw-speech.ts";

const PATIENCE_MS = 2_000;
const LARGEST_MESSAGE = 16 * 1024 * 1024;

/** Says a row to a server; what was wrong about its answer, one line each. */
export async function say(
  row: RawClientRow,
  dial: (alpn?: string) => Promise<Connection>,
  mode: Mode,
): Promise<string[]> {
  if (row.expect.ending === "refused") return await refused(row, dial);
  const connection = await dial();
  const [channel, listener] = listenOn((sink) => connection.open(sink));
  await speak(channel, row.parts, mode, listener);
  const ending = await listener.ending();
  const findings = new Findings();
  const same = findings.same.bind(findings);
  const { expect } = row;
  same("the ending", typeof ending === "string" ? ending : ending.code, expect.ending ?? "ended");
  const { trailer } = listener;
  const found = trailer === undefined ? undefined : readStatus(trailer);
  same("the code", found?.code, expect.code);
  if (expect.message !== undefined) same("the message", found?.message, expect.message);
  if (expect.details !== undefined) {
    const values = found?.detailValues ?? [];
    const details = found?.detailKeys.map((key, index) => [key, values[index]]) ?? [];
    same("the details", Object.fromEntries(details), expect.details);
  }
  if (expect.replies !== undefined) {
    same(
      "the replies",
      listener.messages.map((one) => textOf(one, mode)),
      expect.replies,
    );
  }
  if (expect.frames !== undefined) {
    const heard = listener.frames.map((one) => frameText(one, mode));
    const frames = heard.map((text, index) => shortened(text, expect.frames?.[index]));
    same("what was heard", frames, expect.frames);
  }
  if (expect.compressed !== undefined) {
    const flags = listener.messages.map((one) => (one.flags & FrameFlag.Compressed) !== 0);
    same("compression", flags, expect.compressed);
  }
  if (expect.ending !== "closed") findings.lines.push(...(await control(connection, mode)));
  return findings.lines;
}

async function refused(
  { alpn }: RawClientRow,
  dial: (alpn?: string) => Promise<Connection>,
): Promise<string[]> {
  let connection: Connection;
  try {
    connection = await dial(alpn);
  } catch (error) {
    return error instanceof TransportError ? [] : [`no TransportError: ${String(error)}`];
  }
  const over = await Promise.race([
    connection.closed,
    sleep(PATIENCE_MS, undefined, { ref: false }),
  ]);
  connection.close();
  return over === undefined ? [`${alpn} is answered`] : [];
}

function textOf({ flags, payload }: RawFrame, mode: Mode): string {
  const compressed = (flags & FrameFlag.Compressed) !== 0;
  const bytes = compressed ? decompressPayload(payload, LARGEST_MESSAGE) : payload;
  return Buffer.from(codecs[mode].type(Reply).decode(bytes).payload).toString();
}

/** A reply as its payload, a status as its code and message. */
function frameText(frame: RawFrame, mode: Mode): string {
  if ((frame.flags & FrameFlag.Trailer) === 0) return textOf(frame, mode);
  const { code, message } = readStatus(frame.payload);
  return `${code} ${message}`;
}

/** A text as it is expected, where that is the beginning of it and "…". */
function shortened(text: string, wanted = ""): string {
  const begins = wanted.endsWith("…") && text.startsWith(wanted.slice(0, -1));
  return begins ? wanted : text;
}

/** The connection answers another call as if nothing had been. */
async function control(connection: Connection, mode: Mode): Promise<string[]> {
  const [channel, listener] = listenOn((sink) => connection.open(sink));
  await speak(channel, [header(), request(), end], mode, listener);
  const ending = await listener.ending();
  const { trailer } = listener;
  const good = ending === "ended" && trailer !== undefined && readStatus(trailer).code === 0;
  return good ? [] : ["the next call on the connection does not end well"];
}
