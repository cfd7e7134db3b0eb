import type { CallOptions } from "@aster/rpc";
import type { CalleeMethod } from "./callee.ts";

/** The requests of one call: JSON values, one or many. */
export type Requests = AsyncIterable<unknown> | Iterable<unknown>;

export const streamsRequests = ({ pattern }: CalleeMethod): boolean =>
  pattern === "client_stream" || pattern === "bidi_stream";

export const streamsReplies = ({ pattern }: CalleeMethod): boolean =>
  pattern === "server_stream" || pattern === "bidi_stream";

/**
 * Makes one call and yields its replies as JSON texts. `request` is a JSON value, or a stream of
 * them for methods with a stream of requests. A request that cannot be read ends the call.
 */
export async function* invoke(
  method: CalleeMethod,
  request: unknown,
  options: CallOptions,
): AsyncGenerator<string> {
  const unread: { error?: unknown } = {};
  const sent = streamsRequests(method)
    ? messages(method, request as Requests, unread)
    : method.read(request);
  try {
    const answer = method.call(sent, options);
    if (answer instanceof Promise) yield method.write(await answer);
    else for await (const reply of answer as AsyncIterable<unknown>) yield method.write(reply);
  } catch (error) {
    // the call ended because its request could not be read
    throw "error" in unread ? unread.error : error;
  }
}

async function* messages(
  method: CalleeMethod,
  requests: Requests,
  unread: { error?: unknown },
): AsyncGenerator<unknown> {
  try {
    for await (const request of requests) yield method.read(request);
  } catch (error) {
    unread.error = error;
    throw error;
  }
}
