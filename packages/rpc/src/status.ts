/** The status codes of a call: those of gRPC with their numbers, and one of our own (docs/wire.md, "Status codes"). */
export const StatusCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
  /** A message does not have the shape its contract says. */
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

/** Whether a number is one of {@link StatusCode}. */
export function isStatusCode(code: number): code is StatusCode {
  return names.has(code);
}
