import { type CheckedValue, checkValue, type WireTypeInfo, wireTypeInfo } from "@aster/codec";
import type {
  CallContext,
  ContextInterceptor,
  InterceptedCall,
  Interceptor,
  SerializationMode,
  ServiceMethod,
} from "@aster/contract";
import { type AsyncScope, currentScope } from "../context.ts";
import { RpcError } from "../error.ts";
import { methodInterceptors, type PrepareHooks } from "../hooks/call-hooks.ts";
import { type MethodHooks, methodHooks } from "../hooks/hooked-call.ts";
import { chain, promiseOf } from "../interceptor-chain.ts";
import { type Packing, packingFor } from "../message/compression.ts";
import { type MethodCoding, methodCoding } from "../message/message-codec.ts";
import { Packers } from "../message/packers.ts";
import { Metadata } from "../metadata.ts";
import type { WireMode } from "../protocol/mode.ts";
import { RpcReason } from "../reason.ts";
import { scoped } from "../scoped-stream.ts";
import { StatusCode } from "../status.ts";
import { checkContextName } from "./context-name.ts";
import type { HostedService } from "./hosted-service.ts";
import { interceptedCall } from "./intercepted-call.ts";
import type { ServerContext } from "./server-context.ts";

/** The coding of one method's messages in one form. */
export interface RouteCoding extends MethodCoding {
  readonly packers: Packers;
  /** A request in profile B gets a response in profile B. */
  readonly answersInKind: boolean;
  /** A request in profile A gets a response in XLANG, whatever mode the header names. */
  readonly mayBeXlang: boolean;
}

type Handler = (request: unknown, context: CallContext) => unknown;

/**
 * One method of a hosted service: its handler with all interceptors, and the coding of its messages
 * in each form.
 *
 * `HostedService` makes one per method when the server is created; every call of the method uses
 * it.
 */
export class Route {
  readonly service: HostedService;
  readonly method: ServiceMethod;
  /** `Service.method`, for error texts. */
  readonly title: string;
  readonly streamsRequests: boolean;
  readonly streamsResponses: boolean;
  /** The limit of the definition; `undefined` if it leaves it to the server. */
  readonly maxClientStreamItems: number | undefined;
  /** It has interceptors. */
  readonly intercepted: boolean;
  /** Interceptors that are not hooks run around the handler. */
  readonly wrapped: boolean;
  /** Calls need a role of the peer. */
  readonly guarded: boolean;
  /** The names of the context values that its interceptors declare to add. */
  readonly adds: readonly string[];
  /** Calls whose handlers have not returned. */
  calls = 0;
  /** Calls the interceptors and the handler. May throw, or return a value or a promise. */
  readonly invoke: (request: unknown, context: ServerContext) => unknown;
  /** The outermost interceptors that are hooks; `undefined` if there are none. */
  readonly #prepares: readonly PrepareHooks[];
  #hooks: MethodHooks | undefined;
  readonly #modes: ReadonlySet<string>;
  /** The type of the requests, if it has checks. */
  readonly #refined: WireTypeInfo | undefined;
  readonly #coding: Partial<Record<WireMode, RouteCoding>> = {};

  constructor(
    service: HostedService,
    method: ServiceMethod,
    implementation: object | undefined,
    interceptors: readonly Interceptor[],
  ) {
    const { name, serialization } = service.definition;
    this.service = service;
    this.method = method;
    this.title = `${name}.${method.name}`;
    this.streamsRequests = method.pattern === "client_stream" || method.pattern === "bidi_stream";
    this.streamsResponses = method.pattern === "server_stream" || method.pattern === "bidi_stream";
    this.maxClientStreamItems =
      method.maxClientStreamItems ?? service.definition.maxClientStreamItems;
    this.intercepted = interceptors.length > 0;
    this.adds = addedNames(interceptors);
    this.guarded = service.definition.requires !== undefined || method.requires !== undefined;
    const modes = method.serialization === undefined ? serialization : [method.serialization];
    this.#modes = new Set([...modes, ...serialization, "json"]);
    // throws for types without a row form, when the server is created
    if (this.#modes.has("row")) methodCoding(method, "row");
    const request = wireTypeInfo(method.request);
    this.#refined = request?.hasRefinements ? request : undefined;
    const { prepares, wraps } = methodInterceptors(interceptors);
    this.#prepares = prepares;
    this.wrapped = wraps.length > 0;
    const handler =
      implementation === undefined
        ? handlerOfInstance(method.key, this.title)
        : handlerOf(implementation, method.key, this.title);
    this.invoke =
      wraps.length === 0
        ? (request, context) => handler.call(implementation, request, context)
        : this.#intercept(handler.bind(implementation), wraps);
  }

  /** The outermost interceptors, where they are hooks; `undefined` if there are none. */
  get hooks(): MethodHooks | undefined {
    if (this.#prepares.length === 0) return undefined;
    this.#hooks ??= this.#prepare();
    return this.#hooks;
  }

  takes(mode: string): mode is SerializationMode {
    return this.#modes.has(mode);
  }

  /**
   * The coding of one form. The first call for the form sets the packing of the server, which is
   * the same for all its calls.
   */
  coding(form: WireMode, packing: Packing): RouteCoding {
    this.#coding[form] ??= {
      ...methodCoding(this.method, form),
      packers: new Packers(form, packingFor(this.service.definition, this.method, packing)),
      answersInKind: form === "xlang",
      mayBeXlang: false,
    };
    return this.#coding[form];
  }

  /**
   * Runs the zod checks of a request and returns it as they leave it. Throws INVALID_ARGUMENT with
   * the path of the first issue in the details. The result is a promise only if a check returned
   * one.
   */
  checkRequest(request: unknown): unknown {
    if (this.#refined === undefined) return request;
    const checked = checkValue(this.#refined, request);
    return checked instanceof Promise ? checked.then(validRequest) : validRequest(checked);
  }

  /** Prepares the hooks when the first call needs them. */
  #prepare(): MethodHooks {
    const { method, service } = this;
    const { name, version, scoped } = service.definition;
    const facts = {
      side: "server",
      service: name,
      version,
      method: method.name,
      pattern: method.pattern,
      idempotent: method.idempotent,
      inSession: scoped === "session",
    } as const;
    return methodHooks(
      facts,
      this.#prepares.map((prepare) => prepare(facts)),
    );
  }

  #intercept(handler: Handler, interceptors: readonly Interceptor[]): Route["invoke"] {
    const handle = (call: InterceptedCall): unknown => {
      const context = call.context as ServerContext;
      applyChanges(call, context);
      // the body of a generator runs later, and so do the listeners of the signal
      context.scope = currentScope();
      return handler(call.request, context);
    };
    const run = chain(
      interceptors,
      this.streamsResponses
        ? async (call) => {
            const stream = await handle(call);
            return scoped(stream, (call.context as ServerContext).scope as AsyncScope);
          }
        : (call) => promiseOf(() => handle(call)),
    );
    return (request, context) => run(interceptedCall(this, request, context));
  }
}

/** Applies to the context of the handler what interceptors changed in the call. */
function applyChanges(call: InterceptedCall, context: ServerContext): void {
  const { metadata, deadlineAt, values } = call;
  if (metadata !== context.metadata) context.metadata = Metadata.from(metadata);
  if (deadlineAt !== undefined && deadlineAt !== context.deadlineAt) context.shorten(deadlineAt);
  if (values !== undefined) context.addValues(values);
  context.compression = call.compression;
}

/** Throws INVALID_ARGUMENT for a name that a context value cannot have. */
function addedNames(interceptors: readonly Interceptor[]): string[] {
  const names = interceptors.flatMap(
    (one: Interceptor & Partial<ContextInterceptor>) => one.adds ?? [],
  );
  for (const name of names) checkContextName(name);
  return names;
}

/** Returns a request that passed its checks. Throws INVALID_ARGUMENT otherwise. */
function validRequest({ value, issues: [issue] }: CheckedValue): unknown {
  if (issue === undefined) return value;
  const path = issue.path.map(String).join(".");
  throw new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `the request is not valid${path && ` at ${path}`}: ${issue.message}`,
    { details: { reason: RpcReason.REQUEST_INVALID, path, issue: issue.code ?? "custom" } },
  );
}

/** For sessions: a handler that finds its instance in the context of the call. */
function handlerOfInstance(key: string, title: string): Handler {
  return (request, context) => {
    const instance = (context as ServerContext).instance as object;
    return handlerOf(instance, key, title).call(instance, request, context);
  };
}

/** The method `key` of an implementation. Throws UNIMPLEMENTED when there is none. */
export function handlerOf(implementation: object, key: string, title: string): Handler {
  const handler: unknown = Reflect.get(implementation, key);
  if (typeof handler === "function") return handler as Handler;
  throw new RpcError(
    StatusCode.UNIMPLEMENTED,
    `${title} has no handler; add a method "${key}" to the implementation`,
  );
}
