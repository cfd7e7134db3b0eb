// The service of the examples in the help and in docs/cli.md.
import {
  bidiStream,
  clientStream,
  defineService,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc/contract";
import { z } from "zod";

const Hello = wireType("greeter/Hello", { name: z.string().default("World") });
const Greeting = wireType("greeter/Greeting", { message: z.string(), letterCount: z.int() });
const Start = wireType("greeter/Start", { start: z.int() });
const Step = wireType("greeter/Step", { left: z.int() });
const Total = wireType("greeter/Total", { steps: z.int() });
const Unknown = wireType("greeter/Unknown", { name: z.string() });

export const Greeter = defineService(
  "Greeter",
  { version: 1 },
  {
    sayHello: unary(Hello, Greeting, {
      timeoutMs: 10_000,
      idempotent: true,
      errors: { Unknown },
    }),
    countdown: serverStream(Start, Step),
    add: clientStream(Step, Total),
    greetAll: bidiStream(Hello, Greeting),
  },
);

export const Counter = defineService(
  "Counter",
  { version: 1, scoped: "session" },
  { add: unary(Step, Total), sum: clientStream(Step, Total), each: bidiStream(Step, Total) },
);
