import type { $ZodType } from "zod/v4/core";
import type { Handler } from "./handler.ts";
import type { MessageSchema, MethodPattern, Received, Sent } from "./message.ts";
import type { MethodOptions } from "./options.ts";
import type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";

/** What serves a service: one function per method. A plain object or a class instance will do. */
export type ServiceHandlers<D extends ServiceDefinition> = {
  readonly [K in keyof D["methods"]]: D["methods"][K] extends ServiceMethod<
    infer P,
    infer Req,
    infer Res,
    infer E
  >
    ? Handler<P, Req, Res, unknown, E>
    : never;
};

/** A method as its caller sees it, before call options. */
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

/** Methods of a definition as their caller sees them. */
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

/** Functions of a service class that nobody calls from outside. */
type LifeCycle = "onSessionClose";

type InstanceOf<C> = C extends abstract new (...args: never[]) => infer I ? I : C;

/** The request of a method without parameters is an object nobody looks at. */
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
 * The type of the definition of a class (or of an instance of one), read off the signatures of its
 * methods: `AsyncIterable` on either side is a stream. Every public method counts, decorated or
 * not, since decorators cannot change the type of a class. Of a definition, its own type.
 */
export type ServiceOf<C> = C extends ServiceDefinition ? C : DefinitionOfInstance<InstanceOf<C>>;

/** Methods of a class as their caller sees them. */
export type MethodsOfClass<C> = MethodsOf<DefinitionOfInstance<InstanceOf<C>>>;
