// The contract: a value that servers and clients import.
import { defineService, serverStream, unary, wireType } from "@aster/rpc/contract";
import { z } from "zod";

export const HelloRequest = wireType("hello/HelloRequest", { name: z.string().default("World") });
export const HelloReply = wireType("hello/HelloReply", { message: z.string() });
export const CountdownRequest = wireType("hello/CountdownRequest", { from: z.int() });
export const CountdownReply = wireType("hello/CountdownReply", { left: z.int() });

export const Greeter = defineService(
  "Greeter",
  { version: 1 },
  {
    sayHello: unary(HelloRequest, HelloReply, { timeoutMs: 10_000, idempotent: true }),
    countdown: serverStream(CountdownRequest, CountdownReply),
  },
);
