import { FrameFlag } from "@aster/transport";
import type { Outcome } from "../client/outcome.ts";
import type { CallExpectation, Range, ReplyExpectation } from "../row-kinds/expectation.ts";
import { generatedBytes } from "../service/generated-bytes.ts";
import type { Reply } from "../service/messages.ts";
import type { Observation } from "../service/observer.ts";

const CONCEALED = /^internal error \[[0-9a-z-]+\]$/i;

/**
 * Compares the outcome of a call with the expectation; returns the deviations, one line each.
 * `clientId` is the endpoint id that the server must report for the caller.
 */
export function checkOutcome(
  outcome: Outcome,
  expect: CallExpectation,
  clientId: string,
): string[] {
  const wrong: string[] = [];
  if (outcome.unexpectedError !== undefined) {
    wrong.push(`rejected with an error that has no status: ${outcome.unexpectedError}`);
  } else if (outcome.code !== expect.code) {
    wrong.push(`code ${outcome.code} (${outcome.message}), not ${expect.code}`);
  }
  if (expect.message !== undefined && outcome.message !== expect.message) {
    wrong.push(`message ${shown(outcome.message)}, not ${shown(expect.message)}`);
  }
  if (expect.concealed && !CONCEALED.test(outcome.message)) {
    wrong.push(`message ${shown(outcome.message)} is not concealed`);
  }
  if (expect.details !== undefined && sorted(outcome.details) !== sorted(expect.details)) {
    wrong.push(`details ${sorted(outcome.details)}, not ${sorted(expect.details)}`);
  }
  if (expect.trailer !== undefined) {
    const [found, wanted] = [JSON.stringify(outcome.trailer ?? []), JSON.stringify(expect.trailer)];
    if (found !== wanted) wrong.push(`trailer ${found}, not ${wanted}`);
  }
  if (expect.ms !== undefined) wrong.push(...within("ms", outcome.ms, expect.ms));
  if (expect.replies !== undefined) {
    wrong.push(...checkReplies(outcome.replies, expect.replies, clientId));
  }
  return wrong;
}

/** Compares the server's observation of a call with the expectation; returns the deviations. */
export function checkObservation(
  seen: Observation,
  expect: NonNullable<CallExpectation["server"]>,
): string[] {
  const wrong: string[] = [];
  const { calls, aborted } = expect;
  if (calls !== undefined && seen.calls !== calls) {
    wrong.push(`the handler was called ${seen.calls} times, not ${calls}`);
  }
  if (aborted !== undefined && seen.aborted !== aborted) {
    wrong.push(`the handler's signal ${seen.aborted ? "fired" : "did not fire"}`);
  }
  for (const way of ["read", "written"] as const) {
    if (expect[way] === undefined) continue;
    const found = JSON.stringify(messagesOf(seen.frames?.[way] ?? []));
    const wanted = JSON.stringify(expect[way]);
    if (found !== wanted) wrong.push(`messages ${way} compressed: ${found}, not ${wanted}`);
  }
  return wrong;
}

function messagesOf(flags: readonly number[]): boolean[] {
  return flags
    .filter((one) => (one & ~FrameFlag.Compressed) === 0)
    .map((one) => (one & FrameFlag.Compressed) !== 0);
}

function checkReplies(
  found: Outcome["replies"],
  expected: readonly ReplyExpectation[],
  clientId: string,
): string[] {
  const wrong: string[] = [];
  if (found.length !== expected.length) {
    wrong.push(`${found.length} replies, not ${expected.length}`);
  }
  for (const [index, wanted] of expected.entries()) {
    const reply = found[index];
    if (reply === undefined) continue;
    wrong.push(...checkReply(reply, wanted, clientId).map((one) => `reply ${index}: ${one}`));
  }
  return wrong;
}

function checkReply(reply: Partial<Reply>, wanted: ReplyExpectation, clientId: string): string[] {
  const wrong: string[] = [];
  const same = (what: string, found: unknown, value: unknown) => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(value)];
    if (a !== b) wrong.push(`${what} ${a}, not ${b}`);
  };
  const payload = reply.payload ?? new Uint8Array();
  if (wanted.payload !== undefined) {
    same("payload", Buffer.from(payload).toString(), wanted.payload);
  }
  for (const kind of ["zeros", "noise"] as const) {
    const size = wanted[kind];
    if (size === undefined) continue;
    if (Buffer.compare(payload, generatedBytes(size, kind === "noise")) !== 0) {
      wrong.push(`payload of ${payload.length} bytes is not ${size} bytes of ${kind}`);
    }
  }
  if (wanted.items !== undefined) same("items", reply.items, wanted.items);
  if (wanted.bytes !== undefined) same("bytes", reply.bytes, wanted.bytes);
  if (wanted.metadata !== undefined) {
    same(
      "metadata",
      reply.metadata?.map(({ key, value }) => [key, value]),
      wanted.metadata,
    );
  }
  if (wanted.remainingMs !== undefined) {
    wrong.push(...within("remainingMs", reply.remainingMs ?? Number.NaN, wanted.remainingMs));
  }
  if (wanted.peer !== undefined) same("peer", reply.peer, clientId);
  if (wanted.roles !== undefined) same("roles", reply.roles, wanted.roles);
  return wrong;
}

function within(what: string, value: number, [from, to]: Range): string[] {
  return value >= from && value <= to ? [] : [`${what} ${Math.round(value)}, not ${from}–${to}`];
}

function sorted(details: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shown(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length <= 120 ? quoted : `${quoted.slice(0, 117)}…"`;
}
