import { wireType } from "@aster/codec";
import { clientStream, defineService, serverStream, unary } from "@aster/contract";
import { z } from "zod";

const integer = () => z.int().default(0);

export const Empty = wireType("testkit/Empty", {});

export const AddRequest = wireType("testkit/AddRequest", { n: integer() });

export const Total = wireType("testkit/Total", {
  total: integer(),
  /** Endpoint id of the caller. */
  peer: z.string().default(""),
});

/** The session-scoped service that other implementations host and call too: python/counter_service.py has the same contract id. */
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
