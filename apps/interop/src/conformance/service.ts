import { bidiStream, clientStream, defineService, serverStream, unary } from "@aster/contract";
import { Empty, Reply, Request } from "./messages.ts";

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
export const Conformance = defineService("aster.conformance.Conformance", { version: 1 }, methods);

export type MethodName = keyof typeof Conformance.methods;
