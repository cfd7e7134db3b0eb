import { AsterServer, implement, openGate } from "@aster/rpc";
import { sampleNote } from "../sample.ts";
import type { BenchServer } from "../stack.ts";
import { BenchDef } from "./contract.ts";

const bench = implement(BenchDef, {
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
});

export async function serve(): Promise<BenchServer> {
  const server = await AsterServer.start({
    services: [bench],
    network: "none",
    gate: openGate(),
  });
  return { address: server.address, close: () => server.close() };
}
