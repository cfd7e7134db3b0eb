import type { MethodPattern } from "@aster/contract";
import { BoundMethod } from "../client/bound-method.ts";
import { type AnyClientMethod, type ClientMethodOptions, clientMethod } from "../client/call.ts";
import type { CallOptions } from "../client/call-options.ts";
import type { CallTarget } from "../client/call-target.ts";
import { type BidiStreamCall, type ClientStreamCall, withOpen } from "../client/pushed-call.ts";
import type { ResponseStream } from "../client/response-stream.ts";
import { errorOfStatus, RpcError } from "../error.ts";
import { noPacking } from "../message/compression.ts";
import { type JsonRequest, type JsonValue, jsonCodec } from "../message/json-codec.ts";
import type { SessionControl } from "../session/session.ts";
import { methodProxy } from "./method-proxy.ts";
import { ProxyStream, singleAnswer } from "./proxy-stream.ts";

/** A stream of requests. */
export type ProxyRequests<R = JsonRequest> = AsyncIterable<R> | Iterable<R>;

/** Calls of a proxy are in JSON, whatever else the peer offers. */
export type ProxyCallOptions = Omit<CallOptions, "serialization">;

/**
 * One method by its name on the wire. The caller has to choose the pattern: a stream that is
 * awaited, and a single response that is read as a stream, end with INVALID_ARGUMENT and a text
 * that says how to call instead.
 */
export interface ProxyMethod<V = JsonValue, R = JsonRequest> {
  (request?: R, options?: ProxyCallOptions): Promise<V>;
  stream(request?: R, options?: ProxyCallOptions): ResponseStream<V>;
  readonly clientStream: {
    (requests: ProxyRequests<R>, options?: ProxyCallOptions): Promise<V>;
    /** Makes a call into which the program pushes the requests. */
    open(options?: ProxyCallOptions): ClientStreamCall<R, V>;
  };
  readonly bidi: {
    (requests: ProxyRequests<R>, options?: ProxyCallOptions): ResponseStream<V>;
    /** Makes a call into which the program pushes the requests. */
    open(options?: ProxyCallOptions): BidiStreamCall<R, V>;
  };
}

/**
 * The methods of a service that is known by its name only. `proxyMethod` finds those whose names
 * JavaScript or its tools would call on any value, such as `toJSON`.
 */
export interface ServiceProxy {
  readonly [method: string]: ProxyMethod;
}

/**
 * Makes a client without a definition: methods and fields are named as on the wire, and messages
 * travel as JSON. `control` is that of a session.
 */
export function createServiceProxy(
  target: CallTarget,
  service: string,
  version: number,
  options: ClientMethodOptions,
  control?: SessionControl,
): ServiceProxy {
  const methods = new Map<string, ProxyMethod>();
  const other = (name: string): ProxyMethod => {
    let method = methods.get(name);
    if (method === undefined) {
      method = namedMethod(target, service, version, name, options);
      methods.set(name, method);
    }
    return method;
  };
  return methodProxy({
    name: control === undefined ? "ServiceProxy" : "SessionProxy",
    facts: { service, version, peer: target.connection.peer },
    known: {},
    other,
    control,
  }) as ServiceProxy;
}

function namedMethod(
  target: CallTarget,
  service: string,
  version: number,
  name: string,
  options: ClientMethodOptions,
): ProxyMethod {
  const as = (pattern: MethodPattern): AnyClientMethod => {
    const bound = new BoundMethod({
      service,
      version,
      method: { name, pattern, idempotent: false, timeoutMs: undefined },
      mode: "json",
      inSession: target.connection.isSession ?? false,
      packing: noPacking,
      request: jsonCodec,
      response: jsonCodec,
      rows: undefined,
    });
    return clientMethod(target, pattern, () => bound, options);
  };
  const place = `${service}.${name}`;
  const explain = (error: unknown): never => {
    if (!(error instanceof RpcError) || error.details.reason !== "cardinality") throw error;
    const text = `${error.rawMessage}; if it answers with a stream, call ${place}.stream(request)`;
    throw errorOfStatus(error.code, text, { cause: error, details: error.details });
  };
  const single = (call: AnyClientMethod) => (request: unknown, callOptions?: CallOptions) =>
    singleAnswer((call(request, callOptions) as Promise<unknown>).catch(explain), place);
  const stream = (call: AnyClientMethod) => (request: unknown, callOptions?: CallOptions) =>
    new ProxyStream(call(request, callOptions) as ResponseStream<unknown>, place);
  const [sum, chat] = [as("client_stream"), as("bidi_stream")];
  return Object.assign(single(as("unary")), {
    stream: stream(as("server_stream")),
    clientStream: withOpen("client_stream", single(sum), sum),
    bidi: withOpen("bidi_stream", stream(chat), chat),
  }) as unknown as ProxyMethod;
}
