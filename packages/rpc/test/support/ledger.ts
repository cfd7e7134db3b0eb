// A service whose messages have values that the modes encode differently: bytes, bigints, times,
// structs in lists, nulls.
import type { MethodDefinition } from "@aster/contract";
import {
  bidiStream,
  bytes,
  clientStream,
  defineService,
  implement,
  type ServiceDefinition,
  type ServiceImplementation,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { z } from "zod";

export const Line: z.ZodObject<{ sku: z.ZodString; count: z.ZodInt32 }> = wireType("ledger/Line", {
  sku: z.string(),
  count: z.int32(),
});
export const Entry: z.ZodObject<{
  id: z.ZodBigIntFormat;
  n: z.ZodInt;
  note: z.ZodDefault<z.ZodString>;
  blob: ReturnType<typeof bytes>;
  at: z.ZodDate;
  lines: z.ZodArray<typeof Line>;
  first: z.ZodOptional<typeof Line>;
}> = wireType("ledger/Entry", {
  id: z.int64(),
  n: z.int(),
  note: z.string().default(""),
  blob: bytes(),
  at: z.date(),
  lines: z.array(Line),
  first: Line.optional(),
});
export type Entry = z.output<typeof Entry>;

type EntryType = typeof Entry;

export const Ledger: ServiceDefinition<
  {
    echo: MethodDefinition<"unary", EntryType, EntryType>;
    list: MethodDefinition<"server_stream", EntryType, EntryType>;
    last: MethodDefinition<"client_stream", EntryType, EntryType>;
    chat: MethodDefinition<"bidi_stream", EntryType, EntryType>;
    /** Sends a response before the first request. */
    greet: MethodDefinition<"bidi_stream", EntryType, EntryType>;
    text: MethodDefinition<"unary", EntryType, EntryType>;
  },
  "shared"
> = defineService(
  "Ledger",
  { serialization: ["xlang", "native", "row"] },
  {
    echo: unary(Entry, Entry),
    list: serverStream(Entry, Entry),
    last: clientStream(Entry, Entry),
    chat: bidiStream(Entry, Entry),
    greet: bidiStream(Entry, Entry),
    text: unary(Entry, Entry, { serialization: "json" }),
  },
);

export const entry = (n: number): Entry => ({
  id: (1n << 62n) + BigInt(n),
  n,
  note: `aé日${n}`,
  blob: Uint8Array.of(0, 255, n % 256),
  at: new Date(1_700_000_000_000 + n),
  lines: [
    { sku: "a", count: n },
    { sku: "b", count: -1 },
  ],
  first: n % 2 === 0 ? { sku: "c", count: 1 } : undefined,
});

export const ledger: ServiceImplementation = implement(Ledger, {
  echo: (one) => one,
  async *list(one) {
    for (let n = 0; n < one.n; n++) yield entry(n);
  },
  async last(entries) {
    let last = entry(0);
    for await (const one of entries) last = one;
    return last;
  },
  async *chat(entries) {
    for await (const one of entries) yield one;
  },
  async *greet(entries) {
    yield entry(-1);
    for await (const one of entries) yield one;
  },
  text: (one) => one,
});
