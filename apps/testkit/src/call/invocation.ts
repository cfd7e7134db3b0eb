import { setTimeout as sleep } from "node:timers/promises";
import type { MethodPattern, ServiceMethod } from "@aster/contract";
import {
  type AsterClient,
  proxyMethod,
  type CallOptions as RpcCallOptions,
  type ServiceProxy,
} from "@aster/rpc";
import { areMessages, jsonOf, messageFrom } from "../services/json-message.ts";
import { UsageError } from "../usage.ts";
import type { CallOptions } from "./call-options.ts";
import { type Callee, checkContract, definitionFor, typedCallee, untypedCallee } from "./callee.ts";

/** Makes one call and yields its replies as JSON. */
export type Invocation = (callee: Callee, options: RpcCallOptions) => AsyncIterable<unknown>;

/** The calls of a command. */
export interface Invocations {
  /** The calls of one round, in order. */
  readonly calls: readonly Invocation[];
  /** Returns the service, or opens a new session. */
  open(): Promise<Callee>;
  /**
   * Opens a session for every call, because the service has sessions and the command requests none.
   */
  readonly oneEach: boolean;
}

type Answer = Promise<unknown> | AsyncIterable<unknown>;
type Stub = (request: unknown, options: RpcCallOptions) => Answer;

interface UntypedStub {
  (request: unknown, options: RpcCallOptions): Promise<unknown>;
  stream(request: unknown, options: RpcCallOptions): AsyncIterable<unknown>;
  clientStream(requests: Iterable<unknown>, options: RpcCallOptions): Promise<unknown>;
  bidi(requests: Iterable<unknown>, options: RpcCallOptions): AsyncIterable<unknown>;
}

/**
 * Plans the calls of a command: with typed stubs if the definition has all methods and their
 * requests fit, otherwise unchanged through the JSON proxy. A request that does not fit its type is
 * sent in JSON mode and throws {@link UsageError} in other modes.
 */
export function invocations(client: AsterClient, command: CallOptions): Invocations {
  const { service, session, mode } = command;
  const definition = definitionFor(command);
  if (command.checkContract && definition === undefined) {
    throw new UsageError(
      `the testkit has no contract of ${service} to compare; leave --check-contract out`,
    );
  }
  const check = () => {
    if (command.checkContract && definition !== undefined) checkContract(client, definition);
  };
  const scoped = definition?.scoped === "session";
  const oneEach = scoped && !session;
  const known = command.calls.map(({ method }) => definition?.byName.get(method));
  const fits = command.calls.map(({ method, request }, index) => {
    const found = known[index];
    if (found === undefined) return false;
    if (areMessages(found.request, listOf(request, found.pattern))) return true;
    if (mode === "json") return false;
    throw new UsageError(`the request does not fit ${method}; --mode json sends it unchanged`);
  });
  const mismatched = session && !scoped;
  if (definition !== undefined && !mismatched && !fits.includes(false)) {
    return {
      calls: command.calls.map(({ request }, index) =>
        typed(known[index] as ServiceMethod, request, command.sendDelayMs),
      ),
      async open() {
        check();
        return await typedCallee(client, definition, mode);
      },
      oneEach,
    };
  }
  return {
    calls: command.calls.map(({ method, request }, index) =>
      untyped(method, known[index]?.pattern, request),
    ),
    async open() {
      check();
      return await untypedCallee(client, service, session || scoped);
    },
    oneEach,
  };
}

function typed(method: ServiceMethod, request: unknown, sendDelayMs: number): Invocation {
  return async function* ({ methods }, options) {
    const stub = methods[method.key] as Stub;
    const messages = listOf(request, method.pattern).map((value) =>
      messageFrom(method.request, value),
    );
    const answer = stub(
      streamsRequests(method.pattern) ? paced(messages, sendDelayMs) : messages[0],
      options,
    );
    for await (const reply of each(answer)) yield jsonOf(method.response, reply);
  };
}

function untyped(name: string, known: MethodPattern | undefined, request: unknown): Invocation {
  const pattern = known ?? (Array.isArray(request) ? "client_stream" : "unary");
  return ({ methods }, options) => {
    const method = proxyMethod(methods as unknown as ServiceProxy, name) as unknown as UntypedStub;
    if (pattern === "server_stream") return method.stream(request, options);
    const requests = listOf(request, pattern);
    if (pattern === "bidi_stream") return method.bidi(requests, options);
    if (pattern === "client_stream") return each(method.clientStream(requests, options));
    return each(method(request, options));
  };
}

function paced(messages: readonly unknown[], delayMs: number): unknown {
  if (delayMs === 0) return messages;
  return (async function* slowly() {
    for (const [index, message] of messages.entries()) {
      if (index > 0) await sleep(delayMs);
      yield message;
    }
  })();
}

/** Returns the requests of a call. Streams accept an array or a single request. */
function listOf(request: unknown, pattern: MethodPattern): readonly unknown[] {
  return streamsRequests(pattern) && Array.isArray(request) ? request : [request];
}

function streamsRequests(pattern: MethodPattern): boolean {
  return pattern === "client_stream" || pattern === "bidi_stream";
}

async function* each(answer: Answer): AsyncIterable<unknown> {
  if (answer instanceof Promise) yield await answer;
  else yield* answer as AsyncIterable<unknown>;
}
