import { RpcError, type RpcErrorOptions } from "../error.ts";
import type { MessageSource } from "../message/message-pump.ts";
import { StatusCode } from "../status.ts";
import type { Attempt } from "./attempt.ts";
import { WireCall } from "./wire-call.ts";

const cardinality: RpcErrorOptions = { details: { reason: "cardinality" } };

let capturedResolve: (value: unknown) => void;
let capturedReject: (error: unknown) => void;

/** One executor for all promises, which saves every call a closure. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve;
  capturedReject = reject;
}

/** A call that is answered once: unary and client stream. */
export class SingleResponseCall extends WireCall {
  #resolve: ((value: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #answered = false;
  #response: unknown;

  /** `request` is the message, or the source of messages where the client streams. Never throws. */
  start(request: unknown, attempt: Attempt): Promise<unknown> {
    const promise = new Promise(capture);
    this.#resolve = capturedResolve;
    this.#reject = capturedReject;
    const refusal = this.refusal(attempt);
    if (refusal !== undefined) {
      this.#reject(refusal);
      return promise;
    }
    try {
      if (this.bound.streamsRequests) {
        this.open(attempt, undefined);
        void this.sendAll(request as MessageSource);
      } else this.open(attempt, this.payload(request, attempt));
    } catch (error) {
      this.fail(RpcError.from(error), "here");
    }
    return promise;
  }

  protected override message(value: unknown): void {
    if (this.#answered) {
      const text = "received multiple response frames for unary RPC";
      this.fail(new RpcError(StatusCode.INTERNAL, text, cardinality), "here");
      return;
    }
    this.#answered = true;
    this.#response = value;
  }

  protected override succeeded(): void {
    if (this.#answered) this.#resolve?.(this.#response);
    else {
      const text = "the server ended the call without a response";
      this.#reject?.(new RpcError(StatusCode.INTERNAL, text, cardinality));
    }
  }

  protected override failed(error: unknown): void {
    this.#reject?.(error);
  }
}
