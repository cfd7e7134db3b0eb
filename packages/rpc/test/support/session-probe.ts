// A session-scoped service with a state, and a journal of its sessions.
import type { MethodDefinition, ServiceDefinition } from "@aster/contract";
import {
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  type ServiceImplementation,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { Item, Journal, Text } from "./probe.ts";

type ItemType = typeof Item;

export const Tally: ServiceDefinition<
  {
    add: MethodDefinition<"unary", ItemType, ItemType>;
    fail: MethodDefinition<"unary", ItemType, ItemType>;
    crash: MethodDefinition<"unary", ItemType, ItemType>;
    sleep: MethodDefinition<"unary", ItemType, ItemType>;
    deaf: MethodDefinition<"unary", ItemType, ItemType>;
    count: MethodDefinition<"server_stream", ItemType, ItemType>;
    endless: MethodDefinition<"server_stream", ItemType, ItemType>;
    sum: MethodDefinition<"client_stream", ItemType, ItemType>;
    ignore: MethodDefinition<"client_stream", ItemType, ItemType>;
    chat: MethodDefinition<"bidi_stream", ItemType, ItemType>;
    first: MethodDefinition<"bidi_stream", ItemType, ItemType>;
    who: MethodDefinition<"unary", typeof Text, typeof Text>;
  },
  "session"
> = defineService(
  "Tally",
  { scoped: "session" },
  {
    add: unary(Item, Item),
    fail: unary(Item, Item),
    crash: unary(Item, Item),
    sleep: unary(Item, Item),
    deaf: unary(Item, Item),
    count: serverStream(Item, Item),
    endless: serverStream(Item, Item),
    sum: clientStream(Item, Item),
    ignore: clientStream(Item, Item),
    chat: bidiStream(Item, Item),
    first: bidiStream(Item, Item),
    who: unary(Text, Text),
  },
);

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Every line is "<what> <number of the session>", counted from 1. */
export function tally(journal: Journal = new Journal()): ServiceImplementation {
  let sessions = 0;
  return implement(Tally, (peer) => {
    sessions += 1;
    const own = sessions;
    let total = 0;
    const write = (line: string): void => journal.write(`${line} ${own}`);
    const guarded = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      write(`${name} began`);
      try {
        return await work();
      } finally {
        write(`${name} over`);
      }
    };
    write("opened");
    return {
      add({ n }) {
        total += n;
        return { n: total };
      },
      async fail({ n }) {
        total += n;
        throw new RpcError(StatusCode.ABORTED, "boom", { details: { n: String(n) } });
      },
      async crash() {
        throw new Error("secret");
      },
      sleep: ({ n }, { signal }) =>
        guarded("sleep", async () => {
          await Promise.race([delay(n), aborted(signal)]);
          return { n };
        }),
      deaf: ({ n }) =>
        guarded("deaf", async () => {
          await delay(n);
          return { n };
        }),
      async *count({ n, payload }) {
        for (let sent = 0; sent < n; sent++) yield { n: sent, payload };
      },
      async *endless({ n, payload }) {
        write("endless began");
        let produced = 0;
        try {
          for (; ; produced++) {
            yield { n: produced, payload };
            if (n > 0) await delay(n);
          }
        } finally {
          write(`endless over`);
          journal.lines.push(`produced ${produced}`);
        }
      },
      sum: (requests) =>
        guarded("sum", async () => {
          for await (const { n } of requests) {
            total += n;
            write(`sum ${n}`);
          }
          return { n: total };
        }),
      ignore: (_, { signal }) => guarded("ignore", () => aborted(signal)),
      async *chat(requests) {
        write("chat began");
        try {
          for await (const { n } of requests) {
            total += n;
            yield { n: total };
          }
        } finally {
          write("chat over");
        }
      },
      async *first(requests) {
        for await (const item of requests) {
          yield item;
          return;
        }
      },
      who: ({ text }, context) => ({
        text: JSON.stringify({
          text,
          same: context.peer === peer,
          method: context.method,
          metadata: [...context.metadata],
          remainingMs: context.remainingMs() ?? null,
        }),
      }),
      onSessionClose() {
        write(`closed with ${total} in`);
      },
    };
  });
}
