import type { AsterClient, CallOptions as RpcCallOptions, ServiceClientOptions } from "@aster/rpc";
import type { CallOptions } from "./call-options.ts";
import { areMessages, jsonOf, messageFrom } from "./json-value.ts";
import { Testkit } from "./service.ts";
import { UsageError } from "./usage.ts";

/** Makes one call; what it yields are the replies as JSON. */
export type Invocation = (options: RpcCallOptions) => AsyncIterable<unknown>;

type Answer = Promise<unknown> | AsyncIterable<unknown>;

interface UntypedProxy {
  (request: unknown, options: RpcCallOptions): Promise<unknown>;
  stream(request: unknown, options: RpcCallOptions): AsyncIterable<unknown>;
  clientStream(requests: Iterable<unknown>, options: RpcCallOptions): Promise<unknown>;
  bidi(requests: Iterable<unknown>, options: RpcCallOptions): AsyncIterable<unknown>;
}

/**
 * How the command's calls are made: by the typed client where the definition knows method and request, else as given
 * through the JSON proxy. A request that does not fit its type is sent in JSON mode and a {@link UsageError} in others.
 * Whose Testkit it is does not matter: one with other methods or modes has another contract, and is called all the same.
 */
export function invocation(client: AsterClient, command: CallOptions): Invocation {
  const { service, request, mode } = command;
  const method = service === Testkit.name ? Testkit.byName.get(command.method) : undefined;
  if (method === undefined) return proxied(client, command);
  const requests = listOf(request, method.pattern);
  if (!areMessages(method.request, requests)) {
    if (mode === "json") return proxied(client, command);
    throw new UsageError(
      `the request is no message of ${command.method}; --mode json sends it as given`,
    );
  }
  const stubs = client.client(Testkit, {
    ...writing(mode),
    checkContract: false,
  }) as unknown as Record<string, (request: unknown, options: RpcCallOptions) => Answer>;
  const stub = stubs[method.key];
  if (stub === undefined) throw new UsageError(`there is no method ${command.method}`);
  return async function* typed(options) {
    const messages = requests.map((value) => messageFrom(method.request, value));
    const streams = method.pattern === "client_stream" || method.pattern === "bidi_stream";
    const answer = stub(streams ? messages : messages[0], options);
    for await (const reply of each(answer)) yield jsonOf(method.response, reply);
  };
}

function writing(mode: CallOptions["mode"]): ServiceClientOptions {
  if (mode === "xlang") return { serialization: "xlang", profile: "A" };
  if (mode === "xlang1") return { serialization: "xlang", profile: "B" };
  return mode === undefined ? {} : { serialization: mode };
}

function proxied(client: AsterClient, command: CallOptions): Invocation {
  const { request } = command;
  const proxy = client.proxy(command.service) as unknown as Record<string, UntypedProxy>;
  const method = proxy[command.method];
  if (method === undefined)
    throw new UsageError(`${command.method} cannot be the name of a method`);
  const known = command.service === Testkit.name ? Testkit.byName.get(command.method) : undefined;
  const pattern = known?.pattern ?? (Array.isArray(request) ? "client_stream" : "unary");
  return (options) => {
    if (pattern === "server_stream") return method.stream(request, options);
    const requests = listOf(request, pattern);
    if (pattern === "bidi_stream") return method.bidi(requests, options);
    if (pattern === "client_stream") return each(method.clientStream(requests, options));
    return each(method(request, options));
  };
}

/** Streams take an array of requests, or one. */
function listOf(request: unknown, pattern: string): readonly unknown[] {
  const streams = pattern === "client_stream" || pattern === "bidi_stream";
  return streams && Array.isArray(request) ? request : [request];
}

async function* each(answer: Answer): AsyncIterable<unknown> {
  if (answer instanceof Promise) yield await answer;
  else yield* answer as AsyncIterable<unknown>;
}
