// The bytes that raw peers send to a probe, and the expected answers.
import { StatusCode } from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import { Server } from "@aster/rpc/server";
import { encodeFrame, FrameFlag } from "@aster/transport";
import { expect } from "vitest";
import { headerCodecs, type StreamHeader, statusCodecs } from "../../src/protocol/structs.ts";
import { Probe, probe } from "./probe.ts";
import { RawCall, rawPair } from "./raw-peer.ts";

const { Header } = FrameFlag;
export const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export const json = (fields: object): Uint8Array => encodeFrame(Header, text(fields));
export const call: { service: string; method: string; version: number } = {
  service: "Probe",
  method: "echo",
  version: 1,
};
export const echo: Uint8Array = json(call);
export const hello: Uint8Array = encodeFrame(0, text({ text: "hello" }));

export function fory(fields: Partial<StreamHeader>): Uint8Array {
  const header: StreamHeader = {
    ...{ service: "", method: "", version: 1, callId: "", deadlineEpochMs: 0 },
    ...{ serializationMode: 0, metadataKeys: [], metadataValues: [] },
    ...fields,
  };
  return encodeFrame(Header, headerCodecs.fory.encode(header));
}

export function statusOf(answer: RawCall): { code: number; message: string; form: string } {
  const trailer = answer.trailer;
  if (trailer === undefined) return { code: -1, message: "no trailer", form: "none" };
  const form = trailer[0] === 0x7b ? "json" : "fory";
  const { code, message } = statusCodecs[form].decode(trailer);
  return { code, message, form };
}

/** Sends, expects the status, and then that the same connection answers another call normally. */
export async function say(
  input: Uint8Array | Uint8Array[],
  code: number,
  message: string | RegExp,
  form?: "json" | "fory",
): Promise<void> {
  const server = new Server({ services: [probe()], onError: () => {} });
  await using pair = await rawPair(server);
  const answer = new RawCall(pair.raw);
  for (const part of [input].flat()) answer.send(part);
  answer.send(bytes(), true);
  const status = statusOf(await answer.answer());
  expect(status.message).toEqual(
    typeof message === "string" ? message : expect.stringMatching(message),
  );
  expect(status.code).toBe(code);
  if (form !== undefined) expect(status.form).toBe(form);
  expect(answer.ending).toBe("ended");
  const control = await new RawCall(pair.raw).send(joined(echo, hello), true).answer();
  expect(statusOf(control).code).toBe(StatusCode.OK);
  expect(await createClient(Probe, pair.framed).echo({ text: "x" })).toEqual({ text: "x" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server.stats().calls).toBe(0);
  for (const node of pair.nodes) expect(node.stats().channels).toBe(0);
}
