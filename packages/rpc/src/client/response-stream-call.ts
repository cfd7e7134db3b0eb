import { RpcError } from "../error.ts";
import type { MessageSource } from "../message/message-pump.ts";
import { MessageQueue } from "../message/message-queue.ts";
import { StatusCode } from "../status.ts";
import type { Attempt } from "./attempt.ts";
import { WireCall } from "./wire-call.ts";

/**
 * What a streaming method returns: a loop over it takes the responses; leaving the loop ends the call, and so does
 * `await using`.
 */
export interface ResponseStream<T>
  extends AsyncIterableIterator<T, undefined, undefined>,
    AsyncDisposable {
  /** Ends the call, if it has not ended. */
  return(): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A call that is answered by a stream: server stream and bidi stream. It begins at once, not with the first `next()`. */
export class ResponseStreamCall extends WireCall {
  readonly #responses = new MessageQueue<unknown>(this.room.limits, () => this.#left());

  /** `request` is the message, or the source of messages where the client streams. Never throws. */
  start(request: unknown, attempt: Attempt): ResponseStream<unknown> {
    const refusal = this.refusal(attempt);
    if (refusal !== undefined) {
      this.fail(refusal, "here");
      return this.#responses;
    }
    try {
      if (this.bound.streamsRequests) this.open(attempt, undefined);
      else this.open(attempt, this.payload(request, attempt));
      if (this.channel !== undefined) this.#responses.feedFrom(this.channel);
      if (this.bound.streamsRequests) void this.sendAll(request as MessageSource);
    } catch (error) {
      this.fail(RpcError.from(error), "here");
    }
    return this.#responses;
  }

  protected override message(value: unknown, bytes: number): void {
    this.#responses.push(value, bytes);
  }

  protected override succeeded(): void {
    this.#responses.finish();
  }

  protected override failed(error: unknown, abandoned: boolean): void {
    if (abandoned) this.#responses.abandon(error);
    else this.#responses.fail(error);
  }

  #left(): void {
    const text = "the reader left before the end of the stream";
    this.fail(new RpcError(StatusCode.CANCELLED, text), "abandoned");
  }
}
