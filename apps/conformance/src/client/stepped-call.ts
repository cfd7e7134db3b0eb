import { setTimeout as sleep } from "node:timers/promises";
import { type CallOptions, type Client, RpcError, StatusCode } from "@aster/rpc";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { Step } from "../row-kinds/step.ts";
import type { Conformance } from "../service/definitions.ts";
import type { Reply, RequestFields } from "../service/messages.ts";
import type { Observation } from "../service/observer.ts";
import type { Outcome } from "./outcome.ts";
import { PushSource } from "./push-source.ts";

/** The longest wait for a handler to be called, even on a busy machine. */
const HANDLED_MS = 5_000;
const SOURCE_FAILURE = "the source of the requests failed";

type AnyMethod = (request: unknown, options: CallOptions) => unknown;

/** One call of the TypeScript client that follows the steps of a row. */
export class SteppedCall {
  readonly #method: AnyMethod;
  readonly #options: CallOptions;
  readonly #observation: Observation | undefined;
  readonly #canceller = new AbortController();
  readonly #source = new PushSource<RequestFields>();
  readonly #streamsRequests: boolean;
  readonly #streamsReplies: boolean;
  readonly #tag: string;
  readonly #started = performance.now();
  readonly #replies: Partial<Reply>[] = [];
  #stream: AsyncIterator<Partial<Reply>> | undefined;
  #single: Promise<Partial<Reply>> | undefined;
  #left = false;
  #trailer: [string, string][] | undefined;

  constructor(
    client: Client<typeof Conformance>,
    row: CallRow,
    tag: string,
    observation: Observation | undefined,
  ) {
    this.#method = client[row.method] as AnyMethod;
    this.#tag = tag;
    this.#observation = observation;
    this.#options = {
      signal: this.#canceller.signal,
      onTrailer: (trailer) => {
        this.#trailer = [...trailer];
      },
      ...(row.timeoutMs === undefined ? {} : { timeoutMs: row.timeoutMs }),
      ...(row.metadata === undefined ? {} : { metadata: row.metadata }),
    };
    const name = row.method.toLowerCase();
    this.#streamsRequests = name.includes("clientstream") || name.includes("bidi");
    this.#streamsReplies = name.includes("serverstream") || name.includes("bidi");
  }

  /** Runs the steps, then waits for the end of the call. Never rejects. */
  async run(steps: readonly Step[]): Promise<Outcome> {
    try {
      if (this.#streamsRequests) this.#begin(this.#source);
      for (const step of steps) await this.#do(step);
      await this.#end();
      return this.#outcome(StatusCode.OK, "", {});
    } catch (error) {
      if (error instanceof RpcError) {
        return this.#outcome(error.code, error.rawMessage, { ...error.details });
      }
      const unexpectedError = error instanceof Error ? error.message : String(error);
      if (unexpectedError === SOURCE_FAILURE)
        return this.#outcome(StatusCode.UNKNOWN, unexpectedError, {});
      return { ...this.#outcome(StatusCode.UNKNOWN, "", {}), unexpectedError };
    }
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case "send": {
        const request = this.#isEmpty ? {} : { ...step.request, tag: this.#tag };
        if (this.#streamsRequests) this.#source.push(request);
        else this.#begin(request);
        return;
      }
      case "finish":
        return this.#source.end();
      case "throw":
        return this.#source.fail(new Error(SOURCE_FAILURE));
      case "wait":
        return await sleep(step.ms);
      case "handled":
        return await this.#handled();
      case "cancel":
        return this.#canceller.abort();
      case "receive":
        for (let n = 0; n < step.replies; n += 1) await this.#next();
        return;
      case "leave":
        this.#left = true;
        await this.#stream?.return?.();
    }
  }

  get #isEmpty(): boolean {
    return this.#tag === "";
  }

  #begin(request: unknown): void {
    const result = this.#method(request, this.#options);
    if (this.#streamsReplies) {
      this.#stream = (result as AsyncIterable<Partial<Reply>>)[Symbol.asyncIterator]();
    } else {
      this.#single = result as Promise<Partial<Reply>>;
      this.#single.catch(() => {});
    }
  }

  async #handled(): Promise<void> {
    const until = performance.now() + HANDLED_MS;
    if (this.#observation === undefined) return await sleep(100);
    while (this.#observation.calls === 0 && performance.now() < until) await sleep(2);
  }

  /** Reads one reply; returns `false` at the end. */
  async #next(): Promise<boolean> {
    const step = await this.#stream?.next();
    if (step === undefined || step.done) return false;
    this.#replies.push(step.value);
    return true;
  }

  async #end(): Promise<void> {
    if (this.#single !== undefined) this.#replies.push(await this.#single);
    else if (!this.#left) while (await this.#next());
  }

  #outcome(code: number, message: string, details: Record<string, string>): Outcome {
    const ms = performance.now() - this.#started;
    const trailer = this.#trailer === undefined ? {} : { trailer: this.#trailer };
    return { code, message, details, ...trailer, replies: this.#replies, ms };
  }
}
