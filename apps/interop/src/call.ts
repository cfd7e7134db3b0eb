import { setTimeout as sleep } from "node:timers/promises";
import { AsterClient, RpcError, statusName } from "@aster/rpc";
import { type CallOptions, callOptions } from "./call-options.ts";
import { type Invocation, invocation } from "./invocation.ts";
import { emit } from "./json-lines.ts";
import { secretKeyIn } from "./key-file.ts";
import { summaryOf } from "./summary.ts";

/** How one call ended. */
interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly unknown[];
  readonly message?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** Calls a method and prints how every call ended; the exit code is 0 when all ended as expected. */
export async function call(args: readonly string[]): Promise<number> {
  const options = callOptions(args);
  const outcomes: Outcome[] = [];
  const ended = (outcome: Outcome) => {
    outcomes.push(outcome);
    emit(outcome);
  };
  const started = performance.now();
  let client: AsterClient | undefined;
  try {
    client = await connect(options);
  } catch (error) {
    ended(outcomeOf(error, started, []));
  }
  if (client !== undefined) {
    try {
      await callAll(options, invocation(client, options), ended);
    } finally {
      await client.close();
    }
  }
  const { expect } = options;
  const summary = summaryOf(outcomes.map(({ code, ms }) => ({ ok: code === expect, ms })));
  emit({ summary });
  return summary.failed === 0 ? 0 : 1;
}

function connect({ address, keyFile }: CallOptions): Promise<AsterClient> {
  const identity = keyFile === undefined ? {} : { secretKey: secretKeyIn(keyFile) };
  return AsterClient.connect(address, { network: "none", ...identity });
}

async function callAll(
  { calls, concurrency, ...options }: CallOptions,
  invoke: Invocation,
  ended: (outcome: Outcome) => void,
): Promise<void> {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      ended(await callOnce(options, invoke));
    }
  };
  await Promise.all(Array.from({ length: Math.min(calls, concurrency) }, worker));
}

async function callOnce(
  options: Omit<CallOptions, "calls" | "concurrency">,
  invoke: Invocation,
): Promise<Outcome> {
  const { deadlineMs, cancelMs, readDelayMs, metadata } = options;
  const started = performance.now();
  const replies: unknown[] = [];
  const canceller = new AbortController();
  const timer = cancelMs === undefined ? undefined : setTimeout(() => canceller.abort(), cancelMs);
  try {
    const answer = invoke({
      metadata,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
      ...(cancelMs === undefined ? {} : { signal: canceller.signal }),
    });
    for await (const reply of answer) {
      replies.push(reply);
      if (readDelayMs > 0) await sleep(readDelayMs);
    }
    return { code: 0, status: statusName(0), ms: since(started), replies };
  } catch (error) {
    return outcomeOf(error, started, replies);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(reason: unknown, started: number, replies: readonly unknown[]): Outcome {
  const { code, rawMessage, details } = RpcError.from(reason);
  const ms = since(started);
  return { code, status: statusName(code), ms, replies, message: rawMessage, details };
}

function since(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
