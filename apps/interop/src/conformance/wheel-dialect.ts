import type { Mode } from "./protocol.ts";
import type { CallRow, Row, Setup } from "./row.ts";
import type { Step } from "./steps.ts";

/** Whether a row can be run with a client of ours and the wheel's server. */
export function wheelCanServe(row: Row, zstd: boolean): boolean {
  if (row.kind === "scenario") return true;
  if (row.kind === "session") {
    return zstd && row.setup === undefined && row.only?.transport === undefined;
  }
  // whether it still looks for the cancellation then is a matter of milliseconds
  if (row.kind === "call" && row.session !== undefined && leaves(row)) return false;
  if (!isPlain(row) || (row.only?.zstd !== undefined && row.only.zstd !== zstd)) return false;
  const { serverLimits, serverInterceptors } = row.setup ?? {};
  // it compresses as it likes, and its handlers are told nothing about it
  return (
    serverLimits === undefined && serverInterceptors === undefined && row.suite !== "compression"
  );
}

/** Whether a row can be run with the wheel's client and a server of ours. */
export function wheelCanCall(row: Row, mode: Mode): boolean {
  if (!isPlain(row) || !knowsSetup(row.setup) || knowsMore(row)) return false;
  const pairs = row.metadata ?? [];
  // a dictionary has every key once
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) return false;
  // it knows text only
  if (pairs.some(([key]) => key.endsWith("-bin"))) return false;
  if (pairs.some(([, value]) => value instanceof Uint8Array)) return false;
  if (row.timeoutMs === 0) return false;
  // its proxy passes neither on
  if (mode === "json" && (pairs.length > 0 || row.timeoutMs !== undefined)) return false;
  if (row.session !== undefined && !canCallInSession(row, mode)) return false;
  return beginsWell(row) && row.steps.every((step) => canDo(step, row));
}

/** In sessions it sends all requests and the end of them, then hands out the replies if all went well. Its proxy streams nothing. */
function canCallInSession({ method, steps, timeoutMs, expect }: CallRow, mode: Mode): boolean {
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

/** Nothing that only peers of ours understand. */
function isPlain(row: Row): row is CallRow {
  if (row.kind !== "call" || row.repeat?.fresh === true) return false;
  const requests = row.steps.flatMap((step) => (step.do === "send" ? [step.request] : []));
  return requests.every(
    ({ expectCompressed, trailer }) => expectCompressed === undefined && trailer === undefined,
  );
}

/** What is for some targets of ours only; rows in sessions are for those with compression. */
function knowsMore({ only, session }: CallRow): boolean {
  return only !== undefined && session === undefined;
}

function knowsSetup({ clientLimits, clientInterceptors }: Setup = {}): boolean {
  return clientLimits === undefined && clientInterceptors === undefined;
}

/** A call of one request begins with it. */
function beginsWell({ method, steps }: CallRow): boolean {
  return /clientStream|bidiStream/i.test(method) || steps[0]?.do === "send";
}

function canDo(step: Step, { method }: CallRow): boolean {
  const streams = /serverStream|bidiStream/i.test(method);
  switch (step.do) {
    // what it has instead of cancelling is the end of the task that waits for a reply
    case "cancel":
      return !streams;
    // a bidi channel of its has no way out
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
