import type { InterceptedCall, Next } from "@aster/contract";
import { streamsRequests, streamsResponses } from "./interceptor-chain.ts";
import { isMessageSource, type MessageSource } from "./message/message-pump.ts";
import { MessageStream } from "./message/message-stream.ts";

/** The changes of {@link mapCall}. Annotate the parameters with the types of the messages. */
export interface CallMapping {
  /** Returns what takes the place of a request. */
  readonly request?: ((request: never) => unknown) | undefined;
  /** Returns what takes the place of a response. */
  readonly response?: ((response: never) => unknown) | undefined;
  /**
   * Returns the error that takes the place of the error of the call, also of one that ends a stream
   * of responses.
   */
  readonly error?: ((error: unknown) => unknown) | undefined;
}

type Map = (value: unknown) => unknown;

const same: Map = (value) => value;

/**
 * Continues a call of any pattern with changed messages and errors, for an interceptor to return.
 * The functions may return promises; what they throw ends the call.
 *
 * Messages of a stream are changed one by one when they are read, so that nothing is buffered and
 * back-pressure stays as it is.
 *
 * ```ts
 * const shout: Interceptor = (call, next) =>
 *   mapCall(call, next, { response: ({ text }: Text) => ({ text: text.toUpperCase() }) });
 * ```
 */
export async function mapCall(
  call: InterceptedCall,
  next: Next,
  mapping: CallMapping,
): Promise<unknown> {
  const request = (mapping.request ?? same) as Map;
  const response = (mapping.response ?? same) as Map;
  const error = mapping.error ?? same;
  const { pattern } = call;
  const changed =
    mapping.request === undefined
      ? call.request
      : streamsRequests(pattern)
        ? mappedStream(call.request, request, same)
        : await request(call.request);
  let result: unknown;
  try {
    result = await next(changed === call.request ? call : { ...call, request: changed });
  } catch (reason) {
    throw await error(reason);
  }
  return streamsResponses(pattern) ? mappedStream(result, response, error) : response(result);
}

function mappedStream(stream: unknown, map: Map, error: Map): unknown {
  return isMessageSource(stream) ? new MappedStream(stream, map, error) : stream;
}

/**
 * A stream whose messages are changed when they are read.
 */
class MappedStream extends MessageStream<unknown> {
  readonly #messages: AsyncIterator<unknown> | Iterator<unknown>;
  readonly #map: Map;
  readonly #error: Map;

  constructor(stream: MessageSource, map: Map, error: Map) {
    super();
    this.#messages =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
    this.#map = map;
    this.#error = error;
  }

  override async next(): Promise<IteratorResult<unknown>> {
    let step: IteratorResult<unknown>;
    try {
      step = await this.#messages.next();
    } catch (reason) {
      throw await this.#error(reason);
    }
    if (step.done) return step;
    try {
      return { done: false, value: await this.#map(step.value) };
    } catch (reason) {
      await this.#messages.return?.();
      throw reason;
    }
  }

  override async return(value?: unknown): Promise<IteratorResult<unknown>> {
    return (await this.#messages.return?.(value)) ?? { done: true, value };
  }
}
