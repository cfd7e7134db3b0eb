import { bidiStream, clientStream, defineService, serverStream, unary } from "@aster/contract";
import type { Session } from "@aster/rpc";
import { Empty, Reply, Request } from "./messages.ts";

const name = "aster.conformance.Conformance";

const methods = {
  unary: unary(Request, Reply),
  serverStream: serverStream(Request, Reply),
  clientStream: clientStream(Request, Reply),
  bidiStream: bidiStream(Request, Reply),
  emptyUnary: unary(Empty, Empty),
  emptyServerStream: serverStream(Empty, Empty),
  emptyClientStream: clientStream(Empty, Empty),
  emptyBidiStream: bidiStream(Empty, Empty),
};

/** The service that rows call. python/conformance_service.py has the same contract id. */
export const Conformance = defineService(name, { version: 1 }, methods);

const allModes = ["xlang", "native", "row", "json"] as const;

/** The same methods, also in the modes that the Python package does not offer. */
export const ConformanceInAllModes = defineService(
  name,
  { version: 1, serialization: allModes },
  methods,
);

const idempotentMethods = {
  ...methods,
  unary: unary(Request, Reply, { idempotent: true }),
  serverStream: serverStream(Request, Reply, { idempotent: true }),
  clientStream: clientStream(Request, Reply, { idempotent: true }),
  bidiStream: bidiStream(Request, Reply, { idempotent: true }),
};

/** {@link Conformance} as a client defines it that may call every method twice. */
export const IdempotentConformance = defineService(name, { version: 1 }, idempotentMethods);

/** {@link ConformanceInAllModes} as a client defines it that may call every method twice. */
export const IdempotentInAllModes = defineService(
  name,
  { version: 1, serialization: allModes },
  idempotentMethods,
);

/** The options of a client with one of these definitions: its contract is not the server's. */
export const idempotentOptions = {
  checkContract: false,
  retry: { initialBackoffMs: 1 },
} as const;

/**
 * The methods of {@link Conformance} in sessions, and a call that returns the session's state.
 * python/conformance_session.py has the same contract id.
 */
export const ConformanceSession = defineService(
  "aster.conformance.ConformanceSession",
  { version: 1, scoped: "session" },
  {
    ...methods,
    /**
     * Returns the number of `count` calls in the session and the bytes of their payloads. Fails if
     * another one is running.
     */
    count: unary(Request, Reply),
  },
);

/** A session with the conformance service, as the TypeScript client offers it. */
export type OpenSession = Session<typeof ConformanceSession>;

export type MethodName = keyof typeof methods;

/** One method of each call pattern. */
export const patterns = ["unary", "serverStream", "clientStream", "bidiStream"] as const;
