import { type InterceptedCall, Metadata } from "@aster/rpc";

/** A unary call to Echo.say, on the client unless told otherwise. */
export function fakeCall(changes: Partial<InterceptedCall> = {}): InterceptedCall {
  return {
    side: "client",
    service: "Echo",
    version: 1,
    method: "say",
    pattern: "unary",
    idempotent: false,
    peer: "ab".repeat(32),
    metadata: Metadata.empty,
    deadlineAt: undefined,
    signal: new AbortController().signal,
    request: { text: "hello" },
    context: undefined,
    ...changes,
  };
}

/** Three messages; counts how many were taken, and whether it was left early. */
export function fakeStream(failure?: Error): AsyncIterable<number> & { left: boolean } {
  const stream = {
    left: false,
    async *[Symbol.asyncIterator](): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
        if (failure !== undefined) throw failure;
        yield 3;
      } finally {
        stream.left = true;
      }
    },
  };
  return stream;
}
