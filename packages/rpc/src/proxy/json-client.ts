import type { MethodPattern } from "@aster/contract";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import { BoundMethod } from "../client/bound-method.ts";
import { type AnyClientMethod, type ClientMethodOptions, clientMethod } from "../client/call.ts";
import type { CallOptions } from "../client/call-options.ts";
import type { CallTarget } from "../client/call-target.ts";
import type { ResponseStream } from "../client/response-stream.ts";
import { RpcError } from "../error.ts";
import { type JsonRequest, type JsonValue, jsonCodec } from "../message/json-codec.ts";
import { PlainStream, plainAnswer } from "./plain-stream.ts";

/** Requests to stream. */
export type JsonRequests<R = JsonRequest> = AsyncIterable<R> | Iterable<R>;

/** Calls without a definition are in JSON, whatever else the peer offers. */
export type JsonCallOptions = Omit<CallOptions, "serialization">;

/**
 * One method by its name on the wire. How it streams is for the caller to know: a stream that is awaited and an answer that is
 * read as a stream end with INVALID_ARGUMENT, which says how to call instead.
 */
export interface JsonMethod<V = JsonValue, R = JsonRequest> {
  (request?: R, options?: JsonCallOptions): Promise<V>;
  stream(request?: R, options?: JsonCallOptions): ResponseStream<V>;
  clientStream(requests: JsonRequests<R>, options?: JsonCallOptions): Promise<V>;
  bidi(requests: JsonRequests<R>, options?: JsonCallOptions): ResponseStream<V>;
}

/** The methods of a service of which only the name is known. */
export interface JsonClient {
  readonly [method: string]: JsonMethod;
}

/** A client without a definition: methods and fields are named as on the wire, messages travel as JSON. */
export function createJsonClient(
  target: CallTarget,
  service: string,
  version: number,
  options: ClientMethodOptions,
): JsonClient {
  const methods = new Map<string, JsonMethod>();
  return new Proxy(Object.create(null) as JsonClient, {
    get(_, name) {
      // awaiting the client must not call a method of the peer's
      if (typeof name !== "string" || name === "then") return undefined;
      let method = methods.get(name);
      if (method === undefined) {
        method = jsonMethod(target, service, version, name, options);
        methods.set(name, method);
      }
      return method;
    },
  });
}

function jsonMethod(
  target: CallTarget,
  service: string,
  version: number,
  name: string,
  options: ClientMethodOptions,
): JsonMethod {
  const as = (pattern: MethodPattern): AnyClientMethod => {
    const method = { name, pattern, idempotent: false, timeoutMs: undefined };
    const coding = {
      mode: "json",
      plainBytes: MAX_PAYLOAD_BYTES,
      request: jsonCodec,
      response: jsonCodec,
      rows: undefined,
    } as const;
    const inSession = target.connection.isSession ?? false;
    const bound = new BoundMethod({ service, version, method, inSession, ...coding });
    return clientMethod(target, pattern, () => bound, options);
  };
  const place = `${service}.${name}`;
  const once = (call: AnyClientMethod) => (request: unknown, options?: CallOptions) =>
    plainAnswer((call(request, options) as Promise<unknown>).catch(hint), place);
  const many = (call: AnyClientMethod) => (request: unknown, options?: CallOptions) =>
    new PlainStream(call(request, options) as ResponseStream<unknown>, place);
  const hint = (error: unknown): never => {
    if (!(error instanceof RpcError) || error.details.reason !== "cardinality") throw error;
    const text = `${error.rawMessage}; if it answers with a stream, call ${place}.stream(request)`;
    throw new RpcError(error.code, text, { cause: error, details: error.details });
  };
  return Object.assign(once(as("unary")), {
    stream: many(as("server_stream")),
    clientStream: once(as("client_stream")),
    bidi: many(as("bidi_stream")),
  }) as JsonMethod;
}
