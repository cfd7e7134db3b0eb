import {
  bidiStream,
  clientStream,
  defineService,
  role,
  serverStream,
  unary,
} from "@aster/contract";
import {
  CountReply,
  CountRequest,
  EchoReply,
  EchoRequest,
  FailRequest,
  SleepReply,
  SleepRequest,
  SumReply,
} from "./testkit-messages.ts";

/**
 * The service with shared methods, which other implementations also host and call. The Python
 * implementation with the same contract id is apps/interop/python/testkit_service.py.
 */
export const Testkit = defineService(
  "Testkit",
  { version: 1, serialization: ["xlang", "native", "row", "json"] },
  {
    echo: unary(EchoRequest, EchoReply),
    fail: unary(FailRequest, EchoReply),
    sleep: unary(SleepRequest, SleepReply, { idempotent: true }),
    count: serverStream(CountRequest, CountReply),
    sum: clientStream(CountReply, SumReply),
    chat: bidiStream(EchoRequest, EchoReply),
    failing_count: serverStream(CountRequest, CountReply),
    rows: serverStream(CountRequest, CountReply, { serialization: "row" }),
    admin: unary(SleepRequest, SleepReply, { requires: role("admin") }),
  },
);
