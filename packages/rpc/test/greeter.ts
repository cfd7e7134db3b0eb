import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

export const HelloRequest = wireType("rpctest/HelloRequest", { name: z.string().default("") });
export const HelloReply = wireType("rpctest/HelloReply", { message: z.string() });
export const Count = wireType("rpctest/Count", { n: z.int() });
export const Total = wireType("rpctest/Total", { total: z.int(), items: z.int() });

export const Greeter = defineService(
  "Greeter",
  {},
  {
    sayHello: unary(HelloRequest, HelloReply, { idempotent: true }),
    countdown: serverStream(Count, Count),
    total: clientStream(Count, Total),
    chat: bidiStream(HelloRequest, HelloReply),
  },
);

export const greeter = implement(Greeter, {
  async sayHello({ name }) {
    return { message: `Hello, ${name}!` };
  },
  async *countdown({ n }) {
    for (let left = n; left > 0; left--) yield { n: left };
  },
  async total(requests) {
    let total = 0;
    let items = 0;
    for await (const { n } of requests) {
      total += n;
      items += 1;
    }
    return { total, items };
  },
  async *chat(requests) {
    for await (const { name } of requests) yield { message: `Hello, ${name}!` };
  },
});
