import type { RowView } from "@aster/codec/row";
import type { MethodsOf, MethodsOfClass, ServiceDefinition } from "@aster/contract";
import type { CallOptions } from "./call-options.ts";
import type { ResponseStream } from "./response-stream-call.ts";

/** What a client can be made from: a definition, or a decorated class, of which only the types and names are used. */
export type ServiceReference = ServiceDefinition | (abstract new (...args: never[]) => object);

/** Forbids definitions that are known to be session-scoped. */
export type SharedService<T> = T extends { readonly kind: "service"; readonly scoped: "stream" }
  ? "this service is session-scoped: open a session"
  : unknown;

/** Forbids definitions that are known to be shared. */
export type SessionService<T> = T extends { readonly kind: "service"; readonly scoped: "shared" }
  ? "this service is shared: call it through a client"
  : unknown;

/** The methods of a service as a client calls them. */
export type Client<T extends ServiceReference> = {
  readonly [K in keyof Signatures<T>]: ClientMethod<Signatures<T>[K]>;
};

type Signatures<T> = T extends ServiceDefinition ? MethodsOf<T> : MethodsOfClass<T>;

/** A method as a client has it: streams of requests may be any iterable, and options come last. */
export type ClientMethod<F> = F extends (...args: infer Args) => infer Out
  ? Args extends [AsyncIterable<infer Req>]
    ? (requests: AsyncIterable<Req> | Iterable<Req>, options?: CallOptions) => ClientResult<Out>
    : (...args: [...Args, options?: CallOptions]) => ClientResult<Out>
  : never;

/** As {@link Client}, in ROW: responses are views of rows. Made with `rows: "view"`. */
export type RowClient<T extends ServiceReference> = {
  readonly [K in keyof Signatures<T>]: RowMethod<Signatures<T>[K]>;
};

/** A method as a {@link RowClient} has it. */
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
