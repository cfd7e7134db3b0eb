// A service with all patterns, and one with sessions, for tests of interceptors.
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  type MethodDefinition,
  RpcError,
  type ServiceDefinition,
  type ServiceImplementation,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

type NType = z.ZodObject<{ n: z.ZodInt }>;

const N: NType = wireType("interceptortest/N", { n: z.int() });

export const Numbers: ServiceDefinition<{
  double: MethodDefinition<"unary", NType, NType>;
  count: MethodDefinition<"server_stream", NType, NType>;
  sum: MethodDefinition<"client_stream", NType, NType>;
  chat: MethodDefinition<"bidi_stream", NType, NType>;
}> = defineService(
  "Numbers",
  {},
  {
    double: unary(N, N, { idempotent: true }),
    count: serverStream(N, N),
    sum: clientStream(N, N),
    chat: bidiStream(N, N),
  },
);

export const Counter: ServiceDefinition<
  { add: MethodDefinition<"unary", NType, NType> },
  "session"
> = defineService("Counter", { scoped: "session" }, { add: unary(N, N) });

export function numbersService(): ServiceImplementation {
  return implement(Numbers, {
    async double({ n }) {
      if (n < 0) throw new RpcError(StatusCode.OUT_OF_RANGE, "the number is below 0");
      return { n: 2 * n };
    },
    async *count({ n }) {
      for (let i = 1; i <= n; i++) yield { n: i };
    },
    async sum(numbers) {
      let total = 0;
      for await (const { n } of numbers) total += n;
      return { n: total };
    },
    async *chat(numbers) {
      for await (const { n } of numbers) yield { n };
    },
  });
}

export function counterService(): ServiceImplementation {
  return implement(Counter, () => {
    let total = 0;
    return {
      add: ({ n }: { readonly n: number }) => {
        total += n;
        return { n: total };
      },
    };
  });
}

/** A stream of requests. */
export async function* pass(...numbers: readonly number[]): AsyncGenerator<{ n: number }> {
  for (const n of numbers) yield { n };
}
