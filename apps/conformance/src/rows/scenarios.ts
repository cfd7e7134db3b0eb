import { wireType } from "@aster/codec";
import { defineService, implement, serverStream, unary } from "@aster/rpc";
import { z } from "zod";
import type { ScenarioRow } from "../row-kinds/scenario-row.ts";

const EchoRequest = wireType("echo/EchoRequest", { message: z.string().default("") });
const EchoResponse = wireType("echo/EchoResponse", { reply: z.string().default("") });
const Echo = defineService("Echo", { version: 1 }, { echo: unary(EchoRequest, EchoResponse) });

const echo = {
  service: Echo,
  implementation: implement(Echo, { echo: ({ message }) => ({ reply: message }) }),
};

const CountRequest = wireType("counter/CountRequest", { count: z.int32().default(0) });
const CountItem = wireType("counter/CountItem", { value: z.int32().default(0) });
const Counter = defineService(
  "Counter",
  { version: 1 },
  { count_up: serverStream(CountRequest, CountItem) },
);

/**
 * The scenarios that the Python project describes for implementations, and calls of methods and
 * services that do not exist. python/scenario_services.py hosts the same two services.
 */
export const scenarioRows: readonly ScenarioRow[] = [
  {
    kind: "scenario",
    suite: "scenarios",
    name: "unary-echo",
    ...echo,
    calls: [
      {
        method: "echo",
        request: { message: "Hello, World!" },
        replies: [{ reply: "Hello, World!" }],
      },
      { method: "echo", request: { message: "" }, replies: [{ reply: "" }] },
    ],
  },
  {
    kind: "scenario",
    suite: "scenarios",
    name: "server-stream",
    service: Counter,
    implementation: implement(Counter, {
      async *count_up({ count }) {
        for (let value = 1; value <= count; value += 1) yield { value };
      },
    }),
    calls: [
      {
        method: "count_up",
        request: { count: 3 },
        replies: [{ value: 1 }, { value: 2 }, { value: 3 }],
      },
      { method: "count_up", request: { count: 0 }, replies: [] },
    ],
  },
  {
    kind: "scenario",
    suite: "grpc",
    name: "unimplemented_method",
    ...echo,
    calls: [{ proxied: "Echo", method: "shout", request: { message: "x" }, replies: [], code: 12 }],
  },
  {
    kind: "scenario",
    suite: "grpc",
    // 12 in gRPC's own table; the Python package answers that the service does not exist
    name: "unimplemented_service",
    ...echo,
    calls: [
      { proxied: "Unknown", method: "echo", request: { message: "x" }, replies: [], code: 5 },
    ],
  },
];
