import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { AsterClient, type AsterClientOptions, RpcError, statusName } from "@aster/rpc";
import { emit } from "../json-lines.ts";
import { secretKeyIn } from "../key-file.ts";
import { UsageError } from "../usage.ts";
import { type CallOptions, callOptions } from "./call-options.ts";
import { type Callee, definitionFor } from "./callee.ts";
import { type Invocation, type Invocations, invocations } from "./invocation.ts";
import { summaryOf } from "./summary.ts";

/** The result of one call, printed as a line. */
interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly unknown[];
  readonly message?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * The `call` command: makes calls and prints a line for each and a summary. Returns the exit code,
 * which is 0 if all calls ended with the expected code.
 */
export async function call(args: readonly string[]): Promise<number> {
  const options = callOptions(args);
  const outcomes: Outcome[] = [];
  const ended = (outcome: Outcome) => {
    outcomes.push(outcome);
    emit(outcome);
  };
  const started = performance.now();
  const presented = await presentedBy(options);
  let client: AsterClient | undefined;
  try {
    client = await connect(options, presented);
    if (options.trace) emit({ event: "connected", ms: since(started) });
    if (options.hold) await lineOnStdin();
  } catch (error) {
    ended(outcomeOf(error, started, []));
  }
  if (client !== undefined) {
    try {
      await callAll(options, invocations(client, options), ended);
    } finally {
      await client.close();
    }
  }
  const { expect } = options;
  const summary = summaryOf(outcomes.map(({ code, ms }) => ({ ok: code === expect, ms })));
  emit({ summary });
  return summary.failed === 0 ? 0 : 1;
}

/** Waits for a line, then closes stdin, which would keep the process alive. */
async function lineOnStdin(): Promise<void> {
  await once(createInterface({ input: process.stdin }), "line");
  process.stdin.destroy();
}

/** Reads the files of the client. Rejects for a file that cannot be used. */
async function presentedBy({ keyFile, credential }: CallOptions) {
  return {
    ...(keyFile === undefined ? {} : { secretKey: await secretKeyIn(keyFile) }),
    ...(credential === undefined ? {} : { credential: await readFile(credential, "utf8") }),
  };
}

async function connect(
  options: CallOptions,
  presented: Awaited<ReturnType<typeof presentedBy>>,
): Promise<AsterClient> {
  const { address, registry, service, version, identity, peer, idleMs, connectMs } = options;
  const choice: AsterClientOptions = {
    network: "none",
    identity: identity ?? false,
    ...(peer === undefined ? {} : { peer }),
    ...presented,
    ...(idleMs === undefined ? {} : { node: { idleTimeoutMs: idleMs } }),
    ...(connectMs === undefined ? {} : { timeoutMs: connectMs }),
  };
  // every failure is an outcome
  if (registry === undefined) return AsterClient.connect(address, { ...choice, retry: false });
  const known = definitionFor(options) ?? service;
  return AsterClient.connect({ ...choice, registry, service: known, version });
}

async function callAll(
  options: CallOptions,
  { calls, open, oneEach }: Invocations,
  ended: (outcome: Outcome) => void,
): Promise<void> {
  const { rounds, concurrency, sendDelayMs } = options;
  let shared: Promise<Callee> | undefined;
  const common = () => {
    shared ??= open();
    return shared;
  };
  let left = rounds;
  const worker = async () => {
    while (left > 0) {
      const isFirst = left === rounds;
      left -= 1;
      if (!isFirst && sendDelayMs > 0) await sleep(sendDelayMs);
      for (const invoke of calls) {
        ended(await callOnce(options, invoke, common, oneEach ? open : undefined));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(rounds, concurrency) }, worker));
}

/** Makes one call, on a callee of its own if `openOwn` is given, otherwise on the common one. */
async function callOnce(
  { deadlineMs, cancelMs, readDelayMs, metadata, trace }: CallOptions,
  invoke: Invocation,
  common: () => Promise<Callee>,
  openOwn: (() => Promise<Callee>) | undefined,
): Promise<Outcome> {
  const started = performance.now();
  const replies: unknown[] = [];
  const canceller = new AbortController();
  const timer = cancelMs === undefined ? undefined : setTimeout(() => canceller.abort(), cancelMs);
  try {
    await using own = await openOwn?.();
    const answer = invoke(own ?? (await common()), {
      metadata,
      ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }),
      ...(cancelMs === undefined ? {} : { signal: canceller.signal }),
    });
    for await (const reply of answer) {
      replies.push(reply);
      if (trace) emit({ event: "reply", index: replies.length - 1, ms: since(started) });
      if (readDelayMs > 0) await sleep(readDelayMs);
    }
    return { code: 0, status: statusName(0), ms: since(started), replies };
  } catch (error) {
    if (error instanceof UsageError) throw error;
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
