import type { Methods, ServiceDefinition, ServiceHandlers, ServiceScope } from "@aster/contract";

/** A definition with its handlers, as one entry of `services`. {@link implement} makes it. */
export interface ServiceImplementation {
  readonly kind: "implementation";
  readonly definition: ServiceDefinition;
  /** For a session-scoped service: the function that makes the handlers of one session. */
  readonly handlers: object;
}

/** The handlers of one session. */
export type SessionHandlers<D extends ServiceDefinition> = ServiceHandlers<D> & {
  /**
   * Called once, after the session has ended and its last handler has returned. Exceptions go to
   * `onError`.
   */
  onSessionClose?(): void | Promise<void>;
};

/**
 * The handlers of a definition of scope `S`: functions, or for sessions a function that makes them
 * for a peer.
 */
export type ServedBy<D extends ServiceDefinition, S extends ServiceScope> = [S] extends ["shared"]
  ? ServiceHandlers<D>
  : [S] extends ["session"]
    ? (peer: string) => SessionHandlers<D>
    : ServiceHandlers<D> | ((peer: string) => SessionHandlers<D>);

/**
 * Binds plain functions to a definition, one per method. They are called as methods of `handlers`.
 * For a session-scoped definition `handlers` is a function that makes them; it is called once per
 * session, with the endpoint id of the peer.
 */
export function implement<M extends Methods, S extends ServiceScope>(
  definition: ServiceDefinition<M, S>,
  handlers: ServedBy<ServiceDefinition<M>, S>,
): ServiceImplementation {
  return Object.freeze({ kind: "implementation", definition, handlers });
}

/** Returns true for a value that {@link implement} made. */
export function isImplementation(value: object): value is ServiceImplementation {
  return (value as Partial<ServiceImplementation>).kind === "implementation";
}
