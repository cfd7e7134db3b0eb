import type { MethodPattern } from "@aster/contract";
import type { ContractManifest, ManifestMethod } from "@aster/contract/model";
import { BoundMethod } from "../client/bound-method.ts";
import { type AnyClientMethod, type ClientMethodOptions, clientMethod } from "../client/call.ts";
import type { CallOptions } from "../client/call-options.ts";
import type { CallTarget } from "../client/call-target.ts";
import { withOpen } from "../client/pushed-call.ts";
import { FailedStream, type ResponseStream } from "../client/response-stream.ts";
import { RpcError } from "../error.ts";
import { noPacking } from "../message/compression.ts";
import type { JsonValue } from "../message/json-codec.ts";
import { RpcReason } from "../reason.ts";
import type { SessionControl } from "../session/session.ts";
import { StatusCode } from "../status.ts";
import { type ManifestTypes, manifestCodec, manifestTypes } from "./manifest-message.ts";
import { methodProxy } from "./method-proxy.ts";
import { ProxyStream, singleAnswer } from "./proxy-stream.ts";
import type { ProxyMethod } from "./service-proxy.ts";

/** {@link JsonValue}, and bytes for the fields that the manifest describes as bytes. */
export type ManifestValue =
  | JsonValue
  | Uint8Array
  | readonly ManifestValue[]
  | { readonly [key: string]: ManifestValue | undefined };

/**
 * One method that a manifest describes. A call with another pattern ends with INVALID_ARGUMENT and
 * sends nothing.
 */
export interface ManifestProxyMethod extends ProxyMethod<ManifestValue, ManifestValue> {
  /** `undefined` for a method that the manifest does not have: its calls end with UNIMPLEMENTED. */
  readonly manifest: ManifestMethod | undefined;
}

/**
 * The methods of a service that a manifest describes. `Object.keys` lists them, except those that
 * only `proxyMethod` finds.
 */
export interface ManifestProxy {
  readonly [method: string]: ManifestProxyMethod;
}

/** The code that calls a method of each pattern, after `Service.method`. */
const callCode: Readonly<Record<MethodPattern, string>> = {
  unary: "(request)",
  server_stream: ".stream(request)",
  client_stream: ".clientStream(requests)",
  bidi_stream: ".bidi(requests)",
};

/**
 * Makes a client that takes patterns, fields, timeouts and idempotence from a manifest. `control`
 * is that of a session.
 */
export function createManifestProxy(
  target: CallTarget,
  manifest: ContractManifest,
  options: ClientMethodOptions,
  control?: SessionControl,
): ManifestProxy {
  const types = manifestTypes(manifest);
  const methods: Record<string, ManifestProxyMethod> = Object.create(null);
  for (const method of manifest.methods) {
    methods[method.name] = described(target, manifest, method, types, options);
  }
  const { service, version } = manifest;
  return methodProxy({
    name: control === undefined ? "ManifestProxy" : "ManifestSessionProxy",
    facts: { service, version, peer: target.connection.peer, methods: Object.keys(methods) },
    known: methods,
    other: (name) => missing(manifest, name),
    control,
  }) as ManifestProxy;
}

function described(
  target: CallTarget,
  { service, version }: ContractManifest,
  manifest: ManifestMethod,
  types: ManifestTypes,
  options: ClientMethodOptions,
): ManifestProxyMethod {
  const { name, pattern, idempotent, timeout } = manifest;
  const timeoutMs = timeout !== null && timeout > 0 ? timeout * 1000 : undefined;
  const bound = new BoundMethod({
    service,
    version,
    method: { name, pattern, idempotent, timeoutMs },
    mode: "json",
    inSession: target.connection.isSession ?? false,
    packing: noPacking,
    request: manifestCodec(manifest.fields, types),
    response: manifestCodec(manifest.response_fields, types),
    rows: undefined,
  });
  const call = clientMethod(target, pattern, () => bound, options);
  const place = `${service}.${name}`;
  return methodOf(manifest, place, call, (tried) => {
    const text = `${place} is a ${pattern} method: call ${place}${callCode[pattern]} instead of ${place}${callCode[tried]}`;
    const details = { reason: RpcReason.PATTERN, pattern };
    return tried === pattern
      ? undefined
      : new RpcError(StatusCode.INVALID_ARGUMENT, text, { details });
  });
}

function missing({ service, methods }: ContractManifest, name: string): ManifestProxyMethod {
  const place = `${service}.${name}`;
  const all = methods.map((method) => method.name).join(", ") || "none";
  const refusal = (): RpcError =>
    new RpcError(StatusCode.UNIMPLEMENTED, `the manifest has no method ${place}; it has ${all}`);
  return methodOf(undefined, place, () => undefined, refusal);
}

/**
 * `refusal` returns the error of a call with the pattern that it is given, or `undefined` for the
 * right pattern.
 */
function methodOf(
  manifest: ManifestMethod | undefined,
  place: string,
  call: AnyClientMethod,
  refusal: (tried: MethodPattern) => RpcError | undefined,
): ManifestProxyMethod {
  const start =
    (pattern: MethodPattern): AnyClientMethod =>
    (request, options) => {
      const refused = refusal(pattern);
      if (refused === undefined) return call(request, options);
      const streams = pattern === "server_stream" || pattern === "bidi_stream";
      return streams ? new FailedStream(refused) : Promise.reject(refused);
    };
  const single =
    (make: AnyClientMethod) =>
    (request: unknown, options?: CallOptions): Promise<unknown> =>
      singleAnswer(make(request, options) as Promise<unknown>, place);
  const stream =
    (make: AnyClientMethod) =>
    (request: unknown, options?: CallOptions): ResponseStream<unknown> =>
      new ProxyStream(make(request, options) as ResponseStream<unknown>, place);
  const [sum, chat] = [start("client_stream"), start("bidi_stream")];
  return Object.assign(single(start("unary")), {
    stream: stream(start("server_stream")),
    clientStream: withOpen("client_stream", single(sum), sum),
    bidi: withOpen("bidi_stream", stream(chat), chat),
    manifest,
  }) as unknown as ManifestProxyMethod;
}
