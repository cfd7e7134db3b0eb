import { sampleBlob, sampleNote } from "./sample.ts";
import type { BenchClient } from "./stack.ts";

/**
 * The load of a client process. A load with `calls` ends after that many, the others after
 * `windowMs`.
 */
export type Load =
  | { readonly kind: "unary"; readonly concurrency: number; readonly windowMs: number }
  | { readonly kind: "calls"; readonly concurrency: number; readonly calls: number }
  | {
      readonly kind: "stream" | "clientStream";
      readonly messages: number;
      readonly windowMs: number;
    }
  | { readonly kind: "bulk"; readonly concurrency: number; readonly windowMs: number };

/** The result of a load. */
export interface Yield {
  /** The number of calls, messages or bytes, depending on the kind of load. */
  readonly amount: number;
  readonly seconds: number;
  /** The time of each call in microseconds, if the load runs one call at a time. */
  readonly latenciesUs: readonly number[];
}

async function inParallel(
  concurrency: number,
  worker: (index: number) => Promise<void>,
): Promise<void> {
  await Promise.all(Array.from({ length: concurrency }, (_, index) => worker(index)));
}

async function checkedEcho(client: BenchClient, seq: number): Promise<void> {
  const reply = await client.echo(sampleNote(seq));
  if (reply.seq !== seq) throw new Error(`the reply to note ${seq} is note ${reply.seq}`);
}

/** Returns the method `name` of a client. Throws if its stack lacks such calls. */
function can<Name extends "collect" | "echoBlob">(
  client: BenchClient,
  name: Name,
): Required<BenchClient>[Name] {
  const call = client[name];
  if (call === undefined) throw new Error(`this stack has no ${name}`);
  return call.bind(client) as Required<BenchClient>[Name];
}

function expectCount(got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${got} arrived instead of ${wanted}`);
}

/** Runs a load in a closed loop and waits until all of it is answered. */
export async function runLoad(client: BenchClient, load: Load): Promise<Yield> {
  const latenciesUs: number[] = [];
  let amount = 0;
  const started = performance.now();
  const until = started + ("windowMs" in load ? load.windowMs : Number.POSITIVE_INFINITY);

  switch (load.kind) {
    case "unary":
      if (load.concurrency === 1) {
        for (let before = started; before < until; ) {
          await checkedEcho(client, amount++);
          const now = performance.now();
          latenciesUs.push((now - before) * 1000);
          before = now;
        }
      } else {
        await inParallel(load.concurrency, async () => {
          while (performance.now() < until) await checkedEcho(client, amount++);
        });
      }
      break;
    case "calls":
      await inParallel(load.concurrency, async () => {
        while (amount < load.calls) await checkedEcho(client, amount++);
      });
      break;
    case "stream":
    case "clientStream": {
      const call = load.kind === "stream" ? client.feed.bind(client) : can(client, "collect");
      while (performance.now() < until) {
        expectCount(await call(load.messages), load.messages);
        amount += load.messages;
      }
      break;
    }
    case "bulk": {
      const echoBlob = can(client, "echoBlob");
      await inParallel(load.concurrency, async (index) => {
        const blob = sampleBlob(index + 1);
        while (performance.now() < until) {
          expectCount(await echoBlob(blob), blob.byteLength);
          amount += blob.byteLength;
        }
      });
      break;
    }
  }
  return { amount, seconds: (performance.now() - started) / 1000, latenciesUs };
}
