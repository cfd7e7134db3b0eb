import type { RowView } from "@aster/codec/row";
import type { MethodsOf, MethodsOfClass, ServiceDefinition } from "@aster/contract";
import type { CallOptions } from "./call-options.ts";
import type { BidiStreamCall, ClientStreamCall } from "./pushed-call.ts";
import type { ResponseStream } from "./response-stream.ts";

/**
 * A service to make a client of: a definition, or a decorated class. Only its types and names are
 * used.
 */
export type ServiceReference = ServiceDefinition | (abstract new (...args: never[]) => object);

/**
 * A {@link ServiceReference} that is not known to be session-scoped. The scope of a class is
 * checked when the client is made, because decorators cannot change its type.
 */
export type SharedReference =
  | (ServiceDefinition & { "~scope"?(scope: "shared"): void })
  | (abstract new (
      ...args: never[]
    ) => object);

/** A {@link ServiceReference} that is not known to be shared, as {@link SharedReference}. */
export type SessionReference =
  | (ServiceDefinition & { "~scope"?(scope: "session"): void })
  | (abstract new (
      ...args: never[]
    ) => object);

/** The methods of a service as a client calls them. */
export type Client<T extends ServiceReference> = {
  readonly [K in keyof Signatures<T>]: ClientMethod<Signatures<T>[K]>;
};

type Signatures<T> = T extends ServiceDefinition ? MethodsOf<T> : MethodsOfClass<T>;

/** A method of a client. A stream of requests may be any iterable, and options come last. */
export type ClientMethod<F> = F extends (...args: infer Args) => infer Out
  ? Args extends [AsyncIterable<infer Req>]
    ? RequestStreamMethod<Req, Out>
    : (...args: [...Args, options?: CallOptions]) => ClientResult<Out>
  : never;

/** A method with a stream of requests. */
export interface RequestStreamMethod<Req, Out> {
  /** Makes a call that takes the requests from an iterable. */
  (requests: AsyncIterable<Req> | Iterable<Req>, options?: CallOptions): ClientResult<Out>;
  /** Makes a call into which the program pushes the requests. */
  open(
    options?: CallOptions,
  ): Out extends AsyncIterable<infer Res>
    ? BidiStreamCall<Req, Res>
    : ClientStreamCall<Req, Awaited<Out>>;
}

/**
 * A {@link Client} in ROW whose responses are views of rows. The option `rows: "view"` makes one.
 */
export type RowClient<T extends ServiceReference> = {
  readonly [K in keyof Signatures<T>]: RowMethod<Signatures<T>[K]>;
};

/** A method of a {@link RowClient}. */
export type RowMethod<F> = F extends (...args: infer Args) => infer Out
  ? ClientMethod<
      (
        ...args: Args
      ) => Out extends AsyncIterable<infer Res>
        ? AsyncIterable<RowView<Res>>
        : Promise<RowView<Awaited<Out>>>
    >
  : never;

type ClientResult<Out> = Out extends AsyncIterable<infer Res> ? ResponseStream<Res> : Out;
