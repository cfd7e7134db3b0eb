import type { ServiceHandlers } from "@aster/rpc";
import { sampleNote } from "../sample.ts";
import type { BenchDef } from "./contract.ts";

/** The handlers of the benchmarked service. */
export const handlers: ServiceHandlers<typeof BenchDef> = {
  async echo({ seq, author, pinned, score, tags, text }) {
    return { seq, author, pinned, score, tags, text };
  },

  async *feed({ count }) {
    for (let seq = 0; seq < count; seq++) yield sampleNote(seq);
  },

  async collect(notes) {
    let count = 0;
    for await (const _ of notes) count++;
    return { count };
  },

  async echoBlob({ data }) {
    return { data };
  },
};
