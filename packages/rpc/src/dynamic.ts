import type { MethodPattern } from "@aster/contract";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import { BoundMethod } from "./client/bound-method.ts";
import type { CallOptions } from "./client/call-options.ts";
import {
  type AnyClientMethod,
  type ClientMethodOptions,
  clientMethod,
} from "./client/client-method.ts";
import type { ResponseStream } from "./client/response-stream-call.ts";
import type { CallRoom } from "./client/wire-call.ts";
import { type JsonValue, jsonCodec } from "./json-codec.ts";

/** Requests to stream. */
export type JsonRequests = AsyncIterable<JsonValue> | Iterable<JsonValue>;

/** One method by its name on the wire. How it streams is for the caller to know. */
export interface JsonMethod {
  (request?: JsonValue, options?: CallOptions): Promise<JsonValue>;
  stream(request?: JsonValue, options?: CallOptions): ResponseStream<JsonValue>;
  clientStream(requests: JsonRequests, options?: CallOptions): Promise<JsonValue>;
  bidi(requests: JsonRequests, options?: CallOptions): ResponseStream<JsonValue>;
}

/** The methods of a service of which only the name is known. */
export interface JsonClient {
  readonly [method: string]: JsonMethod;
}

/** A client without a definition: methods and fields are named as on the wire, messages travel as JSON. */
export function createJsonClient(
  room: CallRoom,
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
        method = jsonMethod(room, service, version, name, options);
        methods.set(name, method);
      }
      return method;
    },
  });
}

function jsonMethod(
  room: CallRoom,
  service: string,
  version: number,
  name: string,
  options: ClientMethodOptions,
): JsonMethod {
  const as = (pattern: MethodPattern): AnyClientMethod => {
    const method = { name, pattern, idempotent: false, timeoutMs: undefined };
    const coding = {
      form: "json",
      plainBytes: MAX_PAYLOAD_BYTES,
      request: jsonCodec,
      response: jsonCodec,
      rows: undefined,
    } as const;
    return clientMethod(room, new BoundMethod({ service, version, method, ...coding }), options);
  };
  return Object.assign(as("unary"), {
    stream: as("server_stream"),
    clientStream: as("client_stream"),
    bidi: as("bidi_stream"),
  }) as JsonMethod;
}
