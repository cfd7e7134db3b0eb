import { wireType } from "@aster/codec";
import { clientStream, defineService, serverStream, unary } from "@aster/contract";
import { z } from "zod";

const integer = () => z.int().default(0);

export const Empty = wireType("testkit/Empty", {});

export const AddRequest = wireType("testkit/AddRequest", { n: integer() });

export const Total = wireType("testkit/Total", {
  total: integer(),
  /** The endpoint id of the caller. */
  peer: z.string().default(""),
});

/**
 * The service with sessions, which other implementations also host and call. The Python
 * implementation with the same contract id is apps/interop/python/counter_service.py.
 */
export const Counter = defineService(
  "Counter",
  { version: 1, scoped: "session" },
  {
    add: unary(AddRequest, Total),
    total: unary(Empty, Total),
    history: serverStream(Empty, Total),
    add_all: clientStream(AddRequest, Total),
    boom: unary(AddRequest, Total),
  },
);
