// The contract: a plain value that both sides import. It loads neither the server nor the native
// module.
import { defineService, serverStream, unary, wireType } from "@aster/rpc/contract";
import { z } from "zod";

export const HelloRequest = wireType("hello/HelloRequest", { name: z.string().default("") });
export type HelloRequest = z.infer<typeof HelloRequest>;

export const HelloReply = wireType("hello/HelloReply", { message: z.string() });
export type HelloReply = z.infer<typeof HelloReply>;

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
