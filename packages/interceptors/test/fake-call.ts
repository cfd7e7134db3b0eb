import { Metadata } from "@aster/rpc";
import type { InterceptedCall } from "@aster/rpc/interceptor";

/** A unary call of Echo.say. Default: on the client. */
export function fakeCall(changes: Partial<InterceptedCall> = {}): InterceptedCall {
  return {
    side: "client",
    service: "Echo",
    version: 1,
    method: "say",
    pattern: "unary",
    idempotent: false,
    inSession: false,
    attempt: 1,
    roles: new Set(),
    peer: "ab".repeat(32),
    metadata: Metadata.empty,
    deadlineAt: undefined,
    signal: new AbortController().signal,
    request: { text: "hello" },
    context: undefined,
    ...changes,
  };
}

/** A stream of three messages. `left` is `true` after its end or an early return. */
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
