// The methods of a service of a peer, for requests and replies in JSON.
import { type CodecError, createCodec, type WireType } from "@aster/codec";
import type { MethodPattern, ServiceMethod } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import type { AsterClient, CallOptions, ProxyMethod, SessionControl } from "@aster/rpc";
import { proxyMethod, type ServiceProxy } from "@aster/rpc";
import type { ServiceClientOptions } from "@aster/rpc/client";
import { type Failure, usageFailure } from "../command/failure.ts";
import { definitionOfManifest } from "../contract/definition-of-manifest.ts";
import { stringifyExact } from "../files/exact-json.ts";
import { type RequestForm, requestForms } from "./request-form.ts";

/** One method. Requests are JSON values, replies JSON texts on one line. */
export interface CalleeMethod {
  readonly name: string;
  readonly pattern: MethodPattern;
  /** The fields of a request, `undefined` if the peer does not describe them. */
  readonly form: RequestForm | undefined;
  /** Reads a request. Throws a failure for a value that does not fit. */
  read(value: unknown): unknown;
  write(reply: unknown): string;
  /** Calls the method with what `read` returned: a request, or a stream of them. */
  call(request: unknown, options: CallOptions): Promise<unknown> | AsyncIterable<unknown>;
}

/** The methods of a service, or of a session. */
export interface Callee extends AsyncDisposable {
  /** The names of the methods, `undefined` if the peer does not describe them. */
  readonly names: readonly string[] | undefined;
  /** Resolves when the session has ended; absent for the methods of a service. */
  readonly closed?: Promise<unknown> | undefined;
  /** Returns a method; `undefined` for a name that the service does not have. */
  method(name: string, pattern?: MethodPattern): CalleeMethod | undefined;
}

/** The serialization of calls. */
export type CallMode = "json" | "xlang" | "xlang1" | "native" | "row";

/** The service or session that a manifest describes. The caller disposes of it. */
export async function typedCallee(
  client: AsterClient,
  manifest: ContractManifest,
  mode: CallMode,
): Promise<Callee> {
  const definition = definitionOfManifest(manifest);
  const requestForm = requestForms(manifest);
  const options: ServiceClientOptions = { ...formOf(mode), retry: false };
  const session = definition.scoped === "session";
  const opened = session ? await client.session(definition, options) : undefined;
  const control = opened as SessionControl | undefined;
  const stubs = (opened ?? client.client(definition, options)) as Readonly<Record<string, unknown>>;
  const names = [...definition.byName.keys()];
  return {
    names,
    closed: control?.closed,
    method(name) {
      const found = definition.byName.get(name);
      const stub = stubs[found?.key ?? ""] as CalleeMethod["call"];
      return found && typedMethod(found, stub, requestForm(name));
    },
    async [Symbol.asyncDispose]() {
      await control?.close();
    },
  };
}

/** A service or session that is known by its name only, in JSON. */
export async function untypedCallee(
  client: AsterClient,
  service: string,
  session: boolean,
): Promise<Callee> {
  const opened = session ? await client.session(service) : undefined;
  const proxy = (opened ?? client.proxy(service)) as ServiceProxy;
  return {
    names: undefined,
    closed: opened?.closed,
    method: (name, pattern = "unary") => untypedMethod(name, pattern, proxyMethod(proxy, name)),
    async [Symbol.asyncDispose]() {
      await opened?.[Symbol.asyncDispose]();
    },
  };
}

const json = createCodec({ mode: "json" });
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function typedMethod(
  method: ServiceMethod,
  stub: CalleeMethod["call"],
  form: RequestForm,
): CalleeMethod {
  const request = json.type(method.request as WireType);
  const response = json.type(method.response as WireType);
  return {
    name: method.name,
    pattern: method.pattern,
    form,
    read(value) {
      try {
        return request.decode(encoder.encode(stringifyExact(value)));
      } catch (error) {
        throw wrongRequest(method.name, error as CodecError);
      }
    },
    write: (reply) => decoder.decode(response.encode(reply as never)),
    call: stub,
  };
}

function untypedMethod(name: string, pattern: MethodPattern, proxy: ProxyMethod): CalleeMethod {
  const calls: Readonly<Record<MethodPattern, CalleeMethod["call"]>> = {
    unary: (request, options) => proxy(request as never, options as never),
    server_stream: (request, options) => proxy.stream(request as never, options as never),
    client_stream: (requests, options) => proxy.clientStream(requests as never, options as never),
    bidi_stream: (requests, options) => proxy.bidi(requests as never, options as never),
  };
  return {
    name,
    pattern,
    form: undefined,
    read: (value) => value,
    write: (reply) => stringifyExact(reply),
    call: calls[pattern],
  };
}

function wrongRequest(method: string, error: CodecError): Failure {
  return usageFailure(
    `the request does not fit ${method}: ${error.message}`,
    "see its fields with: aster service describe",
    "request.invalid",
  );
}

function formOf(mode: CallMode): ServiceClientOptions {
  if (mode === "xlang") return { serialization: "xlang", profile: "A" };
  if (mode === "xlang1") return { serialization: "xlang", profile: "B" };
  return { serialization: mode };
}
