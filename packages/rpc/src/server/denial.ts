import type { EndpointId } from "@aster/transport";

/**
 * An access that a server denied.
 *
 * | gate | denied | `cause` |
 * | --: | --- | --- |
 * | 0 | a connection, or a call after the admission of its peer has ended | `not-admitted` |
 * | 1 | an admission | as in `AdmissionOutcome` |
 * | 2 | a call, by an interceptor that threw before the handler ran | `interceptor` |
 * | 3 | a call or session that needs a capability | `capability` |
 */
export interface Denial {
  readonly gate: 0 | 1 | 2 | 3;
  readonly peer: EndpointId;
  readonly cause: string;
  /** `Service.method`; the service for a session. Only for calls and sessions. */
  readonly method?: string | undefined;
  /** The protocol of a refused connection. */
  readonly alpn?: string | undefined;
  /**
   * The connections that this event stands for: the server reports at most 16 refused connections
   * per second one by one. Default: 1.
   */
  readonly count?: number | undefined;
  /** The error that the caller received, at gates 2 and 3; that of the gate, at gate 1. */
  readonly error?: unknown;
}
