import { bytes } from "@aster/codec";
import { clientStream, defineService, role, serverStream, unary, wireType } from "@aster/rpc";
import { z } from "zod";

const Note = wireType("aster.bench/Note", {
  seq: z.int32(),
  author: z.string(),
  pinned: z.boolean(),
  score: z.number(),
  tags: z.array(z.string()),
  text: z.string(),
});

const Count = wireType("aster.bench/Count", { count: z.int32() });

const Blob = wireType("aster.bench/Blob", { data: bytes() });

const streams = {
  feed: serverStream(Count, Note),
  collect: clientStream(Note, Count),
  echoBlob: unary(Blob, Blob),
};

/** The service of proto/bench.proto. */
export const BenchDef = defineService(
  "Bench",
  { version: 1 },
  { echo: unary(Note, Note), ...streams },
);

/** The role that callers of {@link ClosedBenchDef} need. */
export const BENCH_ROLE = "bench";

/** The same service with a role for its unary method. */
export const ClosedBenchDef = defineService(
  "Bench",
  { version: 1 },
  { echo: unary(Note, Note, { requires: role(BENCH_ROLE) }), ...streams },
);
