import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceHandlers } from "@aster/contract";
import { type CallContext, RpcError, StatusCode } from "@aster/rpc";
import { FrameFlag } from "@aster/transport";
import type { Conformance } from "./definitions.ts";
import { generatedBytes } from "./generated-bytes.ts";
import type { Reply, Request, RequestFields } from "./messages.ts";
import type { Observation, Observer } from "./observer.ts";

const NOT_MESSAGES = ~FrameFlag.Compressed;

/**
 * Returns handlers of {@link Conformance} that follow the plan in the requests and record each call
 * in `observer`. The metadata `fail-first` is a number of attempts of the call that fail.
 */
export function conformanceHandlers(observer: Observer): ServiceHandlers<typeof Conformance> {
  return {
    async unary(request, context) {
      using call = new ServedCall(observer, context);
      call.take(request);
      return await call.reply(request);
    },

    async *serverStream(request, context) {
      using call = new ServedCall(observer, context);
      call.take(request);
      yield* call.replies(request);
      await call.finish(request);
    },

    async clientStream(requests, context) {
      using call = new ServedCall(observer, context);
      for await (const request of requests) call.take(request);
      return await call.reply(call.plan);
    },

    async *bidiStream(requests, context) {
      using call = new ServedCall(observer, context);
      const later: Request[] = [];
      for await (const request of requests) {
        call.take(request);
        if (request.fullDuplex) yield* call.replies(request);
        else later.push(request);
        if (request.fullDuplex && request.code !== StatusCode.OK) break;
      }
      for (const request of later) yield* call.replies(request);
      await call.finish(call.plan);
    },

    emptyUnary: () => ({}),

    async *emptyServerStream() {
      yield {};
      yield {};
    },

    async emptyClientStream(requests) {
      for await (const _ of requests);
      return {};
    },

    async *emptyBidiStream(requests) {
      for await (const request of requests) yield request;
    },
  };
}

const nothing: RequestFields = {};

/** One call that a handler serves. */
class ServedCall implements Disposable {
  readonly #observer: Observer;
  readonly #context: CallContext;
  readonly #signal: AbortSignal;
  #observation: Observation | undefined;
  #items = 0;
  #bytes = 0;
  /** The first request with a failure code, or the last request. */
  plan: RequestFields = nothing;

  constructor(observer: Observer, context: CallContext) {
    this.#observer = observer;
    this.#context = context;
    this.#signal = context.signal;
  }

  take(request: Request): void {
    this.#items += 1;
    this.#bytes += request.payload.length;
    if (this.plan.code === undefined || this.plan.code === 0) this.plan = request;
    if (this.#observation === undefined && request.tag !== "") this.#observe(request.tag);
    const { expectCompressed } = request;
    const frames = this.#observation?.frames;
    if (expectCompressed === undefined || frames === undefined) return;
    const messages = frames.read.filter((flags) => (flags & NOT_MESSAGES) === 0);
    const compressed = ((messages[this.#items - 1] ?? 0) & FrameFlag.Compressed) !== 0;
    if (compressed !== expectCompressed) {
      const text = `the message is ${compressed ? "" : "not "}compressed`;
      throw new RpcError(StatusCode.INVALID_ARGUMENT, text);
    }
  }

  async *replies(plan: RequestFields): AsyncGenerator<Reply> {
    for (const payload of payloadsOf(plan)) {
      await this.#pause(plan.delayMs);
      yield this.#replyWith(payload);
    }
  }

  async reply(plan: RequestFields): Promise<Reply> {
    await this.#pause(plan.delayMs);
    await this.finish(plan);
    const [payload = new Uint8Array()] = payloadsOf(plan);
    return this.#replyWith(payload);
  }

  /** Ends the call: holds it, adds the trailer, and throws if the plan has a failure code. */
  async finish(plan: RequestFields): Promise<void> {
    const { holdMs, code = 0, message = "", details = [], trailer = [] } = plan;
    await this.#pause(holdMs);
    for (const { key = "", value = "" } of trailer) {
      const bytes = key.endsWith("-bin") ? new Uint8Array(Buffer.from(value, "base64")) : value;
      this.#context.addTrailer(key, bytes);
    }
    if (code === StatusCode.OK) return;
    throw new RpcError(code, message, {
      details: Object.fromEntries(details.map(({ key = "", value = "" }) => [key, value])),
    });
  }

  [Symbol.dispose](): void {
    if (this.#observation === undefined) return;
    this.#observation.ended = true;
  }

  #observe(tag: string): void {
    const observation = this.#observer.of(tag);
    this.#observation = observation;
    observation.calls += 1;
    const failures = Number(this.#context.metadata.get("fail-first") ?? 0);
    if (observation.calls <= failures) {
      throw new RpcError(StatusCode.UNAVAILABLE, `attempt ${observation.calls}`);
    }
    const aborted = () => {
      observation.aborted = true;
    };
    if (this.#signal.aborted) aborted();
    else this.#signal.addEventListener("abort", aborted, { once: true });
  }

  async #pause(ms = 0): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#signal });
  }

  #replyWith(payload: Uint8Array<ArrayBuffer>): Reply {
    const { metadata, peer, roles } = this.#context;
    const remainingMs = this.#context.remainingMs();
    return {
      payload,
      items: this.#items,
      bytes: this.#bytes,
      metadata: [...metadata].map(([key, value]) => ({ key, value })),
      remainingMs: remainingMs === undefined ? -1 : Math.floor(remainingMs),
      peer,
      roles: [...roles],
    };
  }
}

function payloadsOf({ data = [], sizes = [], noise = false }: RequestFields) {
  return [
    ...data.map((bytes = new Uint8Array()) => bytes),
    ...sizes.map((size = 0) => generatedBytes(size, noise)),
  ];
}
