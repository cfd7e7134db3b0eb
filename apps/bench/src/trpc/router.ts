import { initTRPC } from "@trpc/server";
import { z } from "zod";
import { sampleNote } from "../sample.ts";

const t = initTRPC.create();

const note = z.object({
  seq: z.int32(),
  author: z.string(),
  pinned: z.boolean(),
  score: z.number(),
  tags: z.array(z.string()),
  text: z.string(),
});

const count = z.object({ count: z.int32() });

/**
 * The methods of proto/bench.proto that tRPC supports: its clients cannot stream, and JSON has no
 * bytes.
 */
export const router = t.router({
  echo: t.procedure.input(note).query(({ input }) => {
    const { seq, author, pinned, score, tags, text } = input;
    return { seq, author, pinned, score, tags, text };
  }),

  feed: t.procedure.input(count).subscription(async function* ({ input }) {
    for (let seq = 0; seq < input.count; seq++) yield sampleNote(seq);
  }),
});

export type BenchRouter = typeof router;
