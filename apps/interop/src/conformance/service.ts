import { bidiStream, clientStream, defineService, serverStream, unary } from "@aster/contract";
import { Empty, Reply, Request } from "./messages.ts";

const name = "aster.conformance.Conformance";
/** The methods that the rows call. */
export const methods = {
  unary: unary(Request, Reply),
  serverStream: serverStream(Request, Reply),
  clientStream: clientStream(Request, Reply),
  bidiStream: bidiStream(Request, Reply),
  emptyUnary: unary(Empty, Empty),
  emptyServerStream: serverStream(Empty, Empty),
  emptyClientStream: clientStream(Empty, Empty),
  emptyBidiStream: bidiStream(Empty, Empty),
};

/** What the rows call. python/conformance_service.py has the same contract id. */
export const Conformance = defineService(name, { version: 1 }, methods);

/** The same methods, in the modes of ours alone too. */
export const ConformanceInAllModes = defineService(
  name,
  { version: 1, serialization: ["xlang", "native", "row", "json"] },
  methods,
);

export type MethodName = keyof typeof Conformance.methods;
