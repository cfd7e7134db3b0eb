import type { ContractManifest, ManifestMethod, MethodPattern } from "@aster/contract";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import { BoundMethod } from "../client/bound-method.ts";
import { type AnyClientMethod, type ClientMethodOptions, clientMethod } from "../client/call.ts";
import type { CallOptions } from "../client/call-options.ts";
import type { CallTarget } from "../client/call-target.ts";
import { DeferredStream, type ResponseStream } from "../client/response-stream.ts";
import { RpcError } from "../error.ts";
import type { JsonValue } from "../message/json-codec.ts";
import { StatusCode } from "../status.ts";
import type { JsonMethod } from "./json-client.ts";
import { type ManifestTypes, manifestCodec, manifestTypes } from "./manifest-message.ts";
import { PlainStream, plainAnswer } from "./plain-stream.ts";

/** {@link JsonValue}, and bytes where the manifest says that there are some. */
export type DynamicValue =
  | JsonValue
  | Uint8Array
  | readonly DynamicValue[]
  | { readonly [key: string]: DynamicValue | undefined };

/** One method that a manifest describes. Called in another way than its pattern allows, it says so and sends nothing. */
export interface DynamicMethod extends JsonMethod<DynamicValue, DynamicValue> {
  /** `undefined` for a method that the manifest does not have: calling it is UNIMPLEMENTED. */
  readonly manifest: ManifestMethod | undefined;
}

/** The methods of a service that a manifest describes. `Object.keys` lists them. */
export interface DynamicClient {
  readonly [method: string]: DynamicMethod;
}

const forms: Readonly<Record<MethodPattern, string>> = {
  unary: "(request)",
  server_stream: ".stream(request)",
  client_stream: ".clientStream(requests)",
  bidi_stream: ".bidi(requests)",
};

/** A client that knows patterns, fields, timeouts and idempotence from a manifest. */
export function createDynamicClient(
  target: CallTarget,
  manifest: ContractManifest,
  options: ClientMethodOptions,
): DynamicClient {
  const types = manifestTypes(manifest);
  const methods: Record<string, DynamicMethod> = Object.create(null);
  for (const method of manifest.methods) {
    // awaiting the client must not call a method of the peer's
    if (method.name === "then") continue;
    methods[method.name] = described(target, manifest, method, types, options);
  }
  return new Proxy(Object.freeze(methods) as DynamicClient, {
    get(known, name) {
      if (typeof name !== "string" || name === "then") return undefined;
      return known[name] ?? unknown(manifest, name);
    },
  });
}

function described(
  target: CallTarget,
  { service, version }: ContractManifest,
  manifest: ManifestMethod,
  types: ManifestTypes,
  options: ClientMethodOptions,
): DynamicMethod {
  const { name, pattern, idempotent, timeout } = manifest;
  const timeoutMs = timeout !== null && timeout > 0 ? timeout * 1000 : undefined;
  const bound = new BoundMethod({
    service,
    version,
    method: { name, pattern, idempotent, timeoutMs },
    mode: "json",
    inSession: target.connection.isSession ?? false,
    plainBytes: MAX_PAYLOAD_BYTES,
    request: manifestCodec(manifest.fields, types),
    response: manifestCodec(manifest.response_fields, types),
    rows: undefined,
  });
  const call = clientMethod(target, pattern, () => bound, options);
  const place = `${service}.${name}`;
  return methodOf(manifest, place, call, (tried) => {
    const text = `${place} is a ${pattern} method: call ${place}${forms[pattern]} instead of ${place}${forms[tried]}`;
    const details = { reason: "pattern", pattern };
    return tried === pattern
      ? undefined
      : new RpcError(StatusCode.INVALID_ARGUMENT, text, { details });
  });
}

function unknown({ service, methods }: ContractManifest, name: string): DynamicMethod {
  const place = `${service}.${name}`;
  const all = methods.map((method) => method.name).join(", ") || "none";
  const missing = (): RpcError =>
    new RpcError(StatusCode.UNIMPLEMENTED, `the manifest has no method ${place}; it has ${all}`);
  return methodOf(undefined, place, () => undefined, missing);
}

function methodOf(
  manifest: ManifestMethod | undefined,
  place: string,
  call: AnyClientMethod,
  refusal: (tried: MethodPattern) => RpcError | undefined,
): DynamicMethod {
  const once =
    (pattern: MethodPattern) =>
    (request: unknown, options?: CallOptions): Promise<unknown> => {
      const refused = refusal(pattern);
      const answer = refused === undefined ? call(request, options) : Promise.reject(refused);
      return plainAnswer(answer as Promise<unknown>, place);
    };
  const many =
    (pattern: MethodPattern) =>
    (request: unknown, options?: CallOptions): ResponseStream<unknown> => {
      const refused = refusal(pattern);
      const stream =
        refused === undefined
          ? (call(request, options) as ResponseStream<unknown>)
          : new DeferredStream(Promise.reject(refused));
      return new PlainStream(stream, place);
    };
  return Object.assign(once("unary"), {
    stream: many("server_stream"),
    clientStream: once("client_stream"),
    bidi: many("bidi_stream"),
    manifest,
  }) as unknown as DynamicMethod;
}
