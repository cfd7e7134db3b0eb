import type { Methods, ServiceDefinition, ServiceHandlers, ServiceScope } from "@aster/contract";

/** A definition and what serves it, as one value for `services`. */
export interface ServiceImplementation {
  readonly kind: "implementation";
  readonly definition: ServiceDefinition;
  /** Of a session-scoped service the function that makes them. */
  readonly handlers: object;
}

/** What serves one session. */
export type SessionHandlers<D extends ServiceDefinition> = ServiceHandlers<D> & {
  /** Called once when the session is over, whatever ended it, and when no call runs in it any more. Errors go to `onError`. */
  onSessionClose?(): void | Promise<void>;
};

/** What serves a definition of scope `S`: functions, or for sessions a function that makes them for a peer. */
export type ServedBy<D extends ServiceDefinition, S extends ServiceScope> = [S] extends ["shared"]
  ? ServiceHandlers<D>
  : [S] extends ["session"]
    ? (peer: string) => SessionHandlers<D>
    : ServiceHandlers<D> | ((peer: string) => SessionHandlers<D>);

/**
 * Binds plain functions to a definition, one per method; they are called as methods of `handlers`. For a session-scoped
 * definition `handlers` is a function that is called for every session, with the endpoint id of its peer, and makes them.
 */
export function implement<M extends Methods, S extends ServiceScope>(
  definition: ServiceDefinition<M, S>,
  handlers: ServedBy<ServiceDefinition<M>, S>,
): ServiceImplementation {
  return Object.freeze({ kind: "implementation", definition, handlers });
}

/** Whether a value was made by {@link implement}. */
export function isImplementation(value: object): value is ServiceImplementation {
  return (value as Partial<ServiceImplementation>).kind === "implementation";
}
