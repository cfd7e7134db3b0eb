import type { Handler } from "./handler.ts";
import type { MessageSchema, Received, Sent } from "./message.ts";
import type { MethodPattern } from "./model.ts";
import type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";

/** What serves a service: one function per method. A plain object or a class instance will do. */
export type ServiceHandlers<D extends ServiceDefinition> = {
  readonly [K in keyof D["methods"]]: D["methods"][K] extends ServiceMethod<
    infer P,
    infer Req,
    infer Res
  >
    ? Handler<P, Req, Res>
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

/** What cannot be a method although it is a function. */
type LifeCycle = "onSessionClose";

type SignatureOf<F extends (...args: never[]) => unknown> =
  Parameters<F> extends []
    ? AnswerOf<object | undefined, ReturnType<F>>
    : [Parameters<F>[0]] extends [AsyncIterable<infer Item>]
      ? AnswerOf<AsyncIterable<Item>, ReturnType<F>>
      : AnswerOf<Parameters<F>[0], ReturnType<F>>;

type AnswerOf<Request, Out> = [Out] extends [AsyncIterable<infer Item>]
  ? (...args: CallArguments<Request>) => AsyncIterable<Item>
  : (...args: CallArguments<Request>) => Promise<Awaited<Out>>;

type CallArguments<Request> = undefined extends Request ? [request?: Request] : [request: Request];

type InstanceOf<C> = C extends abstract new (...args: never[]) => infer I ? I : C;

/**
 * Methods of a decorated class (or of an instance of one) as their caller sees them, read off the
 * signatures of the class: `AsyncIterable` on either side is a stream.
 */
export type MethodsOfClass<C> = {
  readonly [K in keyof InstanceOf<C> as K extends LifeCycle | symbol
    ? never
    : InstanceOf<C>[K] extends (...args: never[]) => unknown
      ? K
      : never]: InstanceOf<C>[K] extends infer F extends (...args: never[]) => unknown
    ? SignatureOf<F>
    : never;
};
