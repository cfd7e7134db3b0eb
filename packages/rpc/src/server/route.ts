import { wireTypeInfo } from "@aster/codec";
import type { CallContext, SerializationMode, ServiceMethod } from "@aster/contract";
import { safeParse } from "zod/v4/core";
import { RpcError } from "../error.ts";
import { chain, type Interceptor } from "../interceptor.ts";
import { plainBytesIn } from "../message/compression.ts";
import { type MethodCoding, methodCoding } from "../message/message-codec.ts";
import { MessagePacker } from "../message/message-packer.ts";
import type { WireMode } from "../protocol/mode.ts";
import { StatusCode } from "../status.ts";
import type { HostedService } from "./hosted-service.ts";
import { interceptedCall } from "./intercepted-call.ts";
import type { ServerContext } from "./server-context.ts";

/** How one method's messages are read and written in one form. */
export interface RouteCoding extends MethodCoding {
  readonly packer: MessagePacker;
  /** A request in profile B is answered in profile B. */
  readonly answersInKind: boolean;
  /** So is one in profile A: what the header says need not be true. */
  readonly mayBeXlang: boolean;
}

type Handler = (request: unknown, context: CallContext) => unknown;

/** One method of a hosted service: what it takes to answer a call of it. */
export class Route {
  readonly service: HostedService;
  readonly method: ServiceMethod;
  /** `Service.method`, for texts. */
  readonly title: string;
  readonly streamsRequests: boolean;
  readonly streamsResponses: boolean;
  /** Calls whose handlers have not returned. */
  calls = 0;
  /** The handler with its interceptors around it. May throw, return a value or a promise. */
  readonly invoke: (request: unknown, context: ServerContext) => unknown;
  readonly #modes: ReadonlySet<string>;
  readonly #refined: boolean;
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
    const modes = method.serialization === undefined ? serialization : [method.serialization];
    this.#modes = new Set([...modes, ...serialization, "json"]);
    // types without a form in rows are noticed before the first call
    if (this.#modes.has("row")) methodCoding(method, "row");
    this.#refined = wireTypeInfo(method.request)?.hasRefinements ?? false;
    const handler =
      implementation === undefined
        ? handlerOfInstance(method.key, this.title)
        : handlerOf(implementation, method.key, this.title);
    this.invoke =
      interceptors.length === 0
        ? (request, context) => handler.call(implementation, request, context)
        : this.#intercept(handler.bind(implementation), interceptors);
  }

  takes(mode: string): mode is SerializationMode {
    return this.#modes.has(mode);
  }

  /** `plainBytes` is the server's: it counts when a form is asked for first. */
  coding(form: WireMode, plainBytes: number): RouteCoding {
    this.#coding[form] ??= {
      ...methodCoding(this.method, form),
      packer: new MessagePacker({ plainBytes: plainBytesIn(form, plainBytes) }),
      answersInKind: form === "xlang",
      mayBeXlang: false,
    };
    return this.#coding[form];
  }

  /** What zod asks beyond the wire type. Throws INVALID_ARGUMENT with the path of the first issue in the details. */
  checkRequest(request: unknown): void {
    if (!this.#refined) return;
    const { error } = safeParse(this.method.request, request);
    const [issue] = error?.issues ?? [];
    if (issue === undefined) return;
    const path = issue.path.map(String).join(".");
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `the request is not valid${path && ` at ${path}`}: ${issue.message}`,
      { details: { reason: "request.invalid", path, issue: issue.code ?? "custom" } },
    );
  }

  #intercept(handler: Handler, interceptors: readonly Interceptor[]): Route["invoke"] {
    const run = chain(interceptors, async (call) => {
      return handler(call.request, call.context as CallContext);
    });
    return (request, context) => run(interceptedCall(this, request, context));
  }
}

/** For sessions: what serves the call comes with its context. */
function handlerOfInstance(key: string, title: string): Handler {
  return (request, context) => {
    const instance = (context as ServerContext).instance as object;
    return handlerOf(instance, key, title).call(instance, request, context);
  };
}

/** Throws UNIMPLEMENTED when there is no such method. */
export function handlerOf(implementation: object, key: string, title: string): Handler {
  const handler: unknown = Reflect.get(implementation, key);
  if (typeof handler === "function") return handler as Handler;
  throw new RpcError(
    StatusCode.UNIMPLEMENTED,
    `${title} has no handler: give the implementation a method "${key}"`,
  );
}
