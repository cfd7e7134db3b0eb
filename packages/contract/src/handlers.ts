import type { Handler } from "./handler.ts";
import type { MessageSchema, Received, Sent } from "./message.ts";
import type { MethodPattern } from "./model.ts";
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
