import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Bench, NoteSchema } from "../grpc/bench_pb.ts";
import { sampleNote } from "../sample.ts";
import type { BenchServer } from "../stack.ts";

const handlers: ServiceImpl<typeof Bench> = {
  echo({ seq, author, pinned, score, tags, text }) {
    return { seq, author, pinned, score, tags, text };
  },

  async *feed({ count }) {
    for (let seq = 0; seq < count; seq++) yield create(NoteSchema, sampleNote(seq));
  },

  async collect(notes) {
    let count = 0;
    for await (const _ of notes) count++;
    return { count };
  },

  echoBlob({ data }) {
    return { data };
  },
};

export async function serve(): Promise<BenchServer> {
  const server = createServer(
    connectNodeAdapter({ routes: (router) => router.service(Bench, handlers) }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, close: async () => void server.close() };
}
