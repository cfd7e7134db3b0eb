import type { CallContext } from "./call-context.ts";
import type { ErrorTypes } from "./error-type.ts";
import type { MessageSchema, MethodPattern, Received, Sent } from "./message.ts";

type Awaitable<T> = T | Promise<T>;

/** A function that answers one request with one response. The context may be left out. */
export type UnaryHandler<
  Req extends MessageSchema,
  Res extends MessageSchema,
  This = unknown,
  E extends ErrorTypes = ErrorTypes,
  V = unknown,
> = (this: This, request: Received<Req>, context: CallContext<E> & V) => Awaitable<Sent<Res>>;

/** A function, usually an `async function*`, that answers one request with many responses. */
export type ServerStreamHandler<
  Req extends MessageSchema,
  Res extends MessageSchema,
  This = unknown,
  E extends ErrorTypes = ErrorTypes,
  V = unknown,
> = (this: This, request: Received<Req>, context: CallContext<E> & V) => AsyncIterable<Sent<Res>>;

/** A function that answers many requests with one response. */
export type ClientStreamHandler<
  Req extends MessageSchema,
  Res extends MessageSchema,
  This = unknown,
  E extends ErrorTypes = ErrorTypes,
  V = unknown,
> = (
  this: This,
  requests: AsyncIterable<Received<Req>>,
  context: CallContext<E> & V,
) => Awaitable<Sent<Res>>;

/** A function, usually an `async function*`, that answers many requests with many responses. */
export type BidiStreamHandler<
  Req extends MessageSchema,
  Res extends MessageSchema,
  This = unknown,
  E extends ErrorTypes = ErrorTypes,
  V = unknown,
> = (
  this: This,
  requests: AsyncIterable<Received<Req>>,
  context: CallContext<E> & V,
) => AsyncIterable<Sent<Res>>;

/** The function that serves a method of pattern `P`. `V` are the values in its context. */
export type Handler<
  P extends MethodPattern,
  Req extends MessageSchema,
  Res extends MessageSchema,
  This = unknown,
  E extends ErrorTypes = ErrorTypes,
  V = unknown,
> = {
  unary: UnaryHandler<Req, Res, This, E, V>;
  server_stream: ServerStreamHandler<Req, Res, This, E, V>;
  client_stream: ClientStreamHandler<Req, Res, This, E, V>;
  bidi_stream: BidiStreamHandler<Req, Res, This, E, V>;
}[P];
