import { bytes } from "@aster/codec";
import { clientStream, defineService, serverStream, unary, wireType } from "@aster/rpc";
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

/** The service of proto/bench.proto. */
export const BenchDef = defineService(
  "Bench",
  { version: 1 },
  {
    echo: unary(Note, Note),
    feed: serverStream(Count, Note),
    collect: clientStream(Note, Count),
    echoBlob: unary(Blob, Blob),
  },
);
