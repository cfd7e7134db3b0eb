/**
 * The status codes of a call: those of gRPC with their numbers, and CONTRACT_VIOLATION
 * (docs/wire.md, "Status codes").
 */
export const StatusCode = {
  /** The call succeeded. */
  OK: 0,
  /** The caller cancelled the call, or its connection was closed on purpose. */
  CANCELLED: 1,
  /** The handler threw an exception that is not an `RpcError`; only the server's log has it. */
  UNKNOWN: 2,
  /** The request, an option or an argument is invalid; retrying the same call fails again. */
  INVALID_ARGUMENT: 3,
  /** The deadline passed before the call ended; the server may have done its work. */
  DEADLINE_EXCEEDED: 4,
  /** The service, its version or an object of the application does not exist. */
  NOT_FOUND: 5,
  /** The object to create exists already. */
  ALREADY_EXISTS: 6,
  /** The caller is known but lacks a required role. */
  PERMISSION_DENIED: 7,
  /** A limit was reached; the message and the details name it. */
  RESOURCE_EXHAUSTED: 8,
  /** The state is wrong for the call; for example, the contracts differ or the session is over. */
  FAILED_PRECONDITION: 9,
  /** A conflict, such as a failed transaction, aborted the operation; retry it as a whole. */
  ABORTED: 10,
  /** A value is outside the range that is valid now, for example a position behind the end. */
  OUT_OF_RANGE: 11,
  /** The server does not have the method. */
  UNIMPLEMENTED: 12,
  /** The protocol or an invariant was violated: a fault in one of the programs. */
  INTERNAL: 13,
  /** The peer cannot be reached, was lost or is draining; an idempotent call may be retried. */
  UNAVAILABLE: 14,
  /** Data were lost or corrupted. */
  DATA_LOSS: 15,
  /** The caller is not admitted; it needs a valid credential. */
  UNAUTHENTICATED: 16,
  /** A message does not have the shape of its contract; build both sides from one definition. */
  CONTRACT_VIOLATION: 101,
} as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(StatusCode).map(([name, code]) => [code, name]),
);

/** The name of a code, e.g. `NOT_FOUND`; `UNKNOWN` for numbers that have none. */
export function statusName(code: number): string {
  return names.get(code) ?? "UNKNOWN";
}

/** Returns true for a number of {@link StatusCode}. */
export function isStatusCode(code: number): code is StatusCode {
  return names.has(code);
}
