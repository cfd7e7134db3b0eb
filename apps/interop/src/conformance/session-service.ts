import { defineService, unary } from "@aster/contract";
import { Reply, Request } from "./messages.ts";
import { methods } from "./service.ts";

/** The methods of `Conformance` in sessions, and a call that shows their state. python/conformance_session.py has the same contract id. */
export const ConformanceSession = defineService(
  "aster.conformance.ConformanceSession",
  { version: 1, scoped: "session" },
  {
    ...methods,
    /** So many calls of it in the session, and the bytes of their payloads; fails if another one runs. */
    count: unary(Request, Reply),
  },
);
