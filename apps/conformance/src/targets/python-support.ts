import type { Mode } from "../raw/protocol.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { Row } from "../row-kinds/row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import type { Step } from "../row-kinds/step.ts";

/** Returns whether a row can run with a TypeScript client and a Python server. */
export function pythonServerSupports(row: Row, zstd: boolean): boolean {
  if (row.kind === "scenario") return true;
  if (row.kind === "session") {
    return zstd && row.setup === undefined && row.only?.transport === undefined;
  }
  // it depends on milliseconds whether the server still checks for the cancellation
  if (row.kind === "call" && row.session !== undefined && leaves(row)) return false;
  if (!isPlain(row) || (row.only?.zstd !== undefined && row.only.zstd !== zstd)) return false;
  const { serverLimits, serverInterceptors } = row.setup ?? {};
  // the server decides what to compress, and its handlers cannot observe it
  return (
    serverLimits === undefined && serverInterceptors === undefined && row.suite !== "compression"
  );
}

/** Returns whether a row can run with a Python client and a TypeScript server. */
export function pythonClientSupports(row: Row, mode: Mode): boolean {
  if (!isPlain(row) || hasClientSetup(row.setup) || isRestricted(row)) return false;
  const pairs = row.metadata ?? [];
  // metadata are a dictionary, which holds each key once
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) return false;
  // metadata are text only
  if (pairs.some(([key]) => key.endsWith("-bin"))) return false;
  if (pairs.some(([, value]) => value instanceof Uint8Array)) return false;
  if (row.timeoutMs === 0) return false;
  // the proxy passes on neither metadata nor deadlines
  if (mode === "json" && (pairs.length > 0 || row.timeoutMs !== undefined)) return false;
  if (row.session !== undefined && !supportsInSession(row, mode)) return false;
  return beginsWell(row) && row.steps.every((step) => supportsStep(step, row));
}

/**
 * In sessions the Python client sends all requests and their end, and then returns the replies if
 * the call succeeded. Its proxy supports unary methods only.
 */
function supportsInSession({ method, steps, timeoutMs, expect }: CallRow, mode: Mode): boolean {
  if (mode === "json" && !/unary/i.test(method)) return false;
  if (timeoutMs !== undefined || (expect.code !== 0 && (expect.replies ?? []).length > 0))
    return false;
  const streams = /clientStream|bidiStream/i.test(method);
  if (streams && steps.at(-1)?.do !== "finish") return false;
  return steps.every((step) => step.do === "send" || step.do === "finish");
}

function leaves({ steps }: CallRow): boolean {
  return steps.some((step) => step.do === "leave");
}

/** Returns whether the row uses nothing that only TypeScript peers support. */
function isPlain(row: Row): row is CallRow {
  if (row.kind !== "call" || row.repeat?.fresh === true) return false;
  const requests = row.steps.flatMap((step) => (step.do === "send" ? [step.request] : []));
  return requests.every(
    ({ expectCompressed, trailer }) => expectCompressed === undefined && trailer === undefined,
  );
}

/**
 * Returns whether the row is for some TypeScript targets only. All rows in sessions require
 * compression.
 */
function isRestricted({ only, session }: CallRow): boolean {
  return only !== undefined && session === undefined;
}

function hasClientSetup({ clientLimits, clientInterceptors, idempotent }: Setup = {}): boolean {
  return clientLimits !== undefined || clientInterceptors !== undefined || idempotent === true;
}

/** Returns whether a call with a single request begins with it. */
function beginsWell({ method, steps }: CallRow): boolean {
  return /clientStream|bidiStream/i.test(method) || steps[0]?.do === "send";
}

function supportsStep(step: Step, { method }: CallRow): boolean {
  const streams = /serverStream|bidiStream/i.test(method);
  switch (step.do) {
    // instead of cancelling, the Python client ends the task that waits for a reply
    case "cancel":
      return !streams;
    // a bidi channel cannot be left
    case "leave":
      return /serverStream/i.test(method);
    case "receive":
      return streams;
    case "throw":
      return false;
    default:
      return true;
  }
}
