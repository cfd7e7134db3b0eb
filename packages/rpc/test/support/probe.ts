// A service for tests of calls, with a journal of its handlers.

import type { MethodDefinition } from "@aster/contract";
import {
  bidiStream,
  type CallContext,
  clientStream,
  defineService,
  implement,
  RpcError,
  type ServiceDefinition,
  type ServiceImplementation,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

export const Text: z.ZodObject<{ text: z.ZodDefault<z.ZodString> }> = wireType("probe/Text", {
  text: z.string().default(""),
});
export const Item: z.ZodObject<{ n: z.ZodInt; payload: z.ZodDefault<z.ZodString> }> = wireType(
  "probe/Item",
  { n: z.int(), payload: z.string().default("") },
);
export const Total: z.ZodObject<{ total: z.ZodInt; items: z.ZodInt }> = wireType("probe/Total", {
  total: z.int(),
  items: z.int(),
});
export const Failure: z.ZodObject<{ code: z.ZodInt; message: z.ZodString; after: z.ZodInt }> =
  wireType("probe/Failure", { code: z.int(), message: z.string(), after: z.int() });
export const Checked: z.ZodObject<{ name: z.ZodString }> = wireType("probe/Checked", {
  name: z.string().min(3),
});

type TextType = typeof Text;
type ItemType = typeof Item;

export const Probe: ServiceDefinition<{
  echo: MethodDefinition<"unary", TextType, TextType>;
  context: MethodDefinition<"unary", TextType, TextType>;
  fail: MethodDefinition<"unary", typeof Failure, TextType>;
  crash: MethodDefinition<"unary", TextType, TextType>;
  wrong: MethodDefinition<"unary", TextType, TextType>;
  checked: MethodDefinition<"unary", typeof Checked, TextType>;
  sleep: MethodDefinition<"unary", ItemType, ItemType>;
  deaf: MethodDefinition<"unary", ItemType, ItemType>;
  count: MethodDefinition<"server_stream", ItemType, ItemType>;
  countThenFail: MethodDefinition<"server_stream", typeof Failure, ItemType>;
  endless: MethodDefinition<"server_stream", ItemType, ItemType>;
  sum: MethodDefinition<"client_stream", ItemType, typeof Total>;
  first: MethodDefinition<"client_stream", ItemType, ItemType>;
  chat: MethodDefinition<"bidi_stream", TextType, TextType>;
}> = defineService(
  "Probe",
  {},
  {
    echo: unary(Text, Text, { idempotent: true }),
    context: unary(Text, Text),
    fail: unary(Failure, Text),
    crash: unary(Text, Text),
    wrong: unary(Text, Text),
    checked: unary(Checked, Text),
    sleep: unary(Item, Item),
    deaf: unary(Item, Item),
    count: serverStream(Item, Item),
    countThenFail: serverStream(Failure, Item),
    endless: serverStream(Item, Item),
    sum: clientStream(Item, Total),
    first: clientStream(Item, Item),
    chat: bidiStream(Text, Text),
  },
);

/** Lines that the handlers write, and a way to wait for one. */
export class Journal {
  readonly lines: string[] = [];
  readonly #waiting: { line: string; resolve: () => void }[] = [];

  write(line: string): void {
    this.lines.push(line);
    for (const waiting of this.#waiting) if (waiting.line === line) waiting.resolve();
  }

  /** Rejects after a second, the time in which the other side has to react. */
  wrote(line: string): Promise<void> {
    if (this.lines.includes(line)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no "${line}" within 15 seconds: ${JSON.stringify(this.lines)}`));
      }, 15_000);
      this.#waiting.push({
        line,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      });
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function probe(journal: Journal = new Journal()): ServiceImplementation {
  const guarded = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    journal.write(`${name} began`);
    try {
      return await work();
    } finally {
      journal.write(`${name} over`);
    }
  };
  return implement(Probe, {
    async echo({ text }) {
      return { text };
    },
    context: (_, context: CallContext) => ({
      text: JSON.stringify({
        service: context.service,
        method: context.method,
        peer: context.peer,
        metadata: [...context.metadata],
        remainingMs: context.remainingMs() ?? null,
        roles: [...context.roles],
        aborted: context.signal.aborted,
      }),
    }),
    async fail({ code, message, after }) {
      throw new RpcError(code, message, { details: { after: String(after) } });
    },
    async crash({ text }) {
      if (text === "undefined") throw undefined;
      throw new Error(`secret ${text}`);
    },
    async wrong() {
      return { text: 7 } as never;
    },
    async checked({ name }) {
      return { text: name };
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
      for (let left = 0; left < n; left++) yield { n: left, payload };
    },
    async *countThenFail({ code, message, after }) {
      for (let n = 0; n < after; n++) yield { n };
      throw new RpcError(code, message, { details: { after: String(after) } });
    },
    async *endless({ n, payload }) {
      journal.write("endless began");
      try {
        for (let produced = 0; ; produced++) {
          journal.write(`endless ${produced}`);
          yield { n: produced, payload };
          if (n > 0) await delay(n);
        }
      } finally {
        journal.write("endless over");
      }
    },
    sum: (requests) =>
      guarded("sum", async () => {
        let total = 0;
        let items = 0;
        for await (const { n } of requests) {
          total += n;
          items += 1;
        }
        return { total, items };
      }),
    first: (requests) =>
      guarded("first", async () => {
        for await (const item of requests) return { n: item.n };
        return { n: -1 };
      }),
    async *chat(requests) {
      journal.write("chat began");
      try {
        for await (const { text } of requests) yield { text };
      } finally {
        journal.write("chat over");
      }
    },
  });
}
