import { setTimeout as sleep } from "node:timers/promises";
import { decompressPayload } from "@aster/codec";
import { type Connection, FrameFlag, TransportError } from "@aster/transport";
import { Findings } from "../check/findings.ts";
import { end, header, request } from "../row-kinds/raw-part.ts";
import type { RawClientRow } from "../row-kinds/raw-row.ts";
import { Reply } from "../service/messages.ts";
import { codecs, type Mode, readStatus } from "./protocol.ts";
import { listenOn, type RawFrame, type RawListener } from "./raw-listener.ts";
import { sendParts } from "./send-parts.ts";

/** A server refuses an unknown protocol at once; longer than that takes on a busy machine. */
const REFUSAL_MS = 2_000;
const LARGEST_MESSAGE = 16 * 1024 * 1024;

/** Sends the parts of a row to a server; returns the deviations of its answer, one line each. */
export async function runRawClientRow(
  row: RawClientRow,
  dial: (alpn?: string) => Promise<Connection>,
  mode: Mode,
): Promise<string[]> {
  if (row.expect.ending === "refused") return await runRefused(row, dial);
  const connection = await dial();
  const [channel, listener] = listenOn((sink) => connection.open(sink));
  await sendParts(channel, row.parts, mode, listener);
  const findings = new Findings();
  await checkAnswer(listener, row.expect, mode, findings);
  if (row.expect.ending !== "closed") findings.lines.push(...(await control(connection, mode)));
  return findings.lines;
}

async function checkAnswer(
  listener: RawListener,
  expect: RawClientRow["expect"],
  mode: Mode,
  findings: Findings,
): Promise<void> {
  const ending = await listener.ending();
  const same = findings.same.bind(findings);
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
    const replies = listener.messages.map((one) => textOf(one, mode));
    same("the replies", replies, expect.replies);
  }
  if (expect.frames !== undefined) {
    const received = listener.frames.map((one) => frameText(one, mode));
    const frames = received.map((text, index) => shortened(text, expect.frames?.[index]));
    same("the received frames", frames, expect.frames);
  }
  if (expect.compressed !== undefined) {
    const flags = listener.messages.map((one) => (one.flags & FrameFlag.Compressed) !== 0);
    same("compression", flags, expect.compressed);
  }
}

async function runRefused(
  { alpn }: RawClientRow,
  dial: (alpn?: string) => Promise<Connection>,
): Promise<string[]> {
  let connection: Connection;
  try {
    connection = await dial(alpn);
  } catch (error) {
    return error instanceof TransportError ? [] : [`not a TransportError: ${String(error)}`];
  }
  const over = await Promise.race([
    connection.closed,
    sleep(REFUSAL_MS, undefined, { ref: false }),
  ]);
  connection.close();
  return over === undefined ? [`the server accepts the protocol ${alpn}`] : [];
}

function textOf({ flags, payload }: RawFrame, mode: Mode): string {
  const compressed = (flags & FrameFlag.Compressed) !== 0;
  const bytes = compressed ? decompressPayload(payload, LARGEST_MESSAGE) : payload;
  return Buffer.from(codecs[mode].type(Reply).decode(bytes).payload).toString();
}

/** Returns the payload of a reply, or the code and message of a status. */
function frameText(frame: RawFrame, mode: Mode): string {
  if ((frame.flags & FrameFlag.Trailer) === 0) return textOf(frame, mode);
  const { code, message } = readStatus(frame.payload);
  return `${code} ${message}`;
}

/** Returns the expected text if it ends in `…` and the found text begins with the rest of it. */
function shortened(text: string, wanted = ""): string {
  const begins = wanted.endsWith("…") && text.startsWith(wanted.slice(0, -1));
  return begins ? wanted : text;
}

/** Makes another call on the connection, which must end well. */
async function control(connection: Connection, mode: Mode): Promise<string[]> {
  const [channel, listener] = listenOn((sink) => connection.open(sink));
  await sendParts(channel, [header(), request(), end], mode, listener);
  const ending = await listener.ending();
  const { trailer } = listener;
  const good = ending === "ended" && trailer !== undefined && readStatus(trailer).code === 0;
  return good ? [] : ["the next call on the connection does not end well"];
}
