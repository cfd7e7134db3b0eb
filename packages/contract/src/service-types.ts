import type { $ZodType } from "zod/v4/core";
import type { Handler } from "./handler.ts";
import type { MessageSchema, MethodPattern, Received, Sent } from "./message.ts";
import type { MethodOptions } from "./options.ts";
import type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";

/**
 * The handlers of a service, one function per method: an object or a class instance. `V` are the
 * values that interceptors add to the context of all handlers, `M` those of single ones.
 */
export type ServiceHandlers<D extends ServiceDefinition, V = unknown, M = unknown> = {
  readonly [K in keyof D["methods"]]: D["methods"][K] extends ServiceMethod<
    infer P,
    infer Req,
    infer Res,
    infer E
  >
    ? Handler<P, Req, Res, unknown, E, V & (K extends keyof M ? M[K] : unknown)>
    : never;
};

/** The type of a method for its callers, without call options. */
export type MethodSignature<
  P extends MethodPattern,
  Req extends MessageSchema,
  Res extends MessageSchema,
> = {
  unary: (request: Sent<Req>) => Promise<Received<Res>>;
  server_stream: (request: Sent<Req>) => AsyncIterable<Received<Res>>;
  client_stream: (requests: AsyncIterable<Sent<Req>>) => Promise<Received<Res>>;
  bidi_stream: (requests: AsyncIterable<Sent<Req>>) => AsyncIterable<Received<Res>>;
}[P];

/** The methods of a definition for their callers. */
export type MethodsOf<D extends ServiceDefinition> = {
  readonly [K in keyof D["methods"]]: D["methods"][K] extends ServiceMethod<
    infer P,
    infer Req,
    infer Res
  >
    ? MethodSignature<P, Req, Res>
    : never;
};

type AnyMethod = (...args: never[]) => unknown;

/** Methods of a service class that clients cannot call. */
type LifeCycle = "onSessionClose";

type InstanceOf<C> = C extends abstract new (...args: never[]) => infer I ? I : C;

/** The request of a method. A method without parameters accepts any object. */
type InputOf<F extends AnyMethod> = Parameters<F> extends [] ? object : Parameters<F>[0];

type PatternOf<In, Out> = [Out] extends [AsyncIterable<unknown>]
  ? [In] extends [AsyncIterable<unknown>]
    ? "bidi_stream"
    : "server_stream"
  : [In] extends [AsyncIterable<unknown>]
    ? "client_stream"
    : "unary";

type ItemOf<T> = [T] extends [AsyncIterable<infer Item>] ? Item : Awaited<T>;

interface MethodOf<In, Out> {
  readonly pattern: PatternOf<In, Out>;
  readonly request: $ZodType<ItemOf<In>, ItemOf<In>>;
  readonly response: $ZodType<ItemOf<Out>, ItemOf<Out>>;
  readonly options: MethodOptions;
}

type DefinitionOfInstance<I> = ServiceDefinition<{
  readonly [K in keyof I as K extends LifeCycle | symbol | number
    ? never
    : I[K] extends AnyMethod
      ? K
      : never]: I[K] extends infer F extends AnyMethod
    ? MethodOf<InputOf<F>, ReturnType<F>>
    : never;
}>;

/**
 * The type of the definition of a class or of an instance, taken from the signatures of its
 * methods: an `AsyncIterable` on either side is a stream. It includes public methods without a
 * decorator, because decorators cannot change the type of a class. The type of a definition is its
 * own.
 */
export type ServiceOf<C> = C extends ServiceDefinition ? C : DefinitionOfInstance<InstanceOf<C>>;

/** The methods of a class for their callers. */
export type MethodsOfClass<C> = MethodsOf<DefinitionOfInstance<InstanceOf<C>>>;
