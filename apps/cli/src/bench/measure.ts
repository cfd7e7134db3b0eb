import type { CallOptions } from "@aster/rpc";
import type { CalleeMethod } from "../call/callee.ts";

/** The calls of one measurement. */
export interface UnaryFigures {
  readonly concurrency: number;
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Calls a unary method in a closed loop. */
export async function measureUnary(
  method: CalleeMethod,
  request: unknown,
  concurrency: number,
  forMs: number,
  options: CallOptions,
): Promise<UnaryFigures> {
  const message = method.read(request);
  const timesMs: number[] = [];
  const started = performance.now();
  const worker = async (): Promise<void> => {
    do {
      const began = performance.now();
      await method.call(message, options);
      timesMs.push(performance.now() - began);
    } while (performance.now() - started < forMs);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - started) / 1000;
  timesMs.sort((a, b) => a - b);
  const at = (part: number): number =>
    rounded(timesMs[Math.min(timesMs.length - 1, Math.floor(timesMs.length * part))] ?? 0);
  const callsPerSecond = Math.round(timesMs.length / seconds);
  return { concurrency, callsPerSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Reads a server stream until the time is over. */
export async function measureStream(
  method: CalleeMethod,
  request: unknown,
  forMs: number,
  options: CallOptions,
): Promise<{ readonly messagesPerSecond: number }> {
  const message = method.read(request);
  let count = 0;
  const started = performance.now();
  const isOver = (): boolean => performance.now() - started >= forMs;
  do {
    for await (const _ of method.call(message, options) as AsyncIterable<unknown>) {
      count += 1;
      if (isOver()) break;
    }
  } while (!isOver());
  const seconds = (performance.now() - started) / 1000;
  return { messagesPerSecond: Math.round(count / seconds) };
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
