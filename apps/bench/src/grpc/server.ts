import { create } from "@bufbuild/protobuf";
import type {
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { sampleNote } from "../sample.ts";
import type { BenchServer } from "../stack.ts";
import type { Blob, Count, Note } from "./bench_pb.ts";
import { BlobSchema, CountSchema, NoteSchema } from "./bench_pb.ts";
import { benchService } from "./service.ts";

const handlers = {
  echo({ request }: ServerUnaryCall<Note, Note>, answer: sendUnaryData<Note>): void {
    const { seq, author, pinned, score, tags, text } = request;
    answer(null, create(NoteSchema, { seq, author, pinned, score, tags, text }));
  },

  feed(call: ServerWritableStream<Count, Note>): void {
    let sent = 0;
    const go = (): void => {
      while (sent < call.request.count) {
        if (!call.write(create(NoteSchema, sampleNote(sent++)))) {
          call.once("drain", go);
          return;
        }
      }
      call.end();
    };
    go();
  },

  collect(call: ServerReadableStream<Note, Count>, answer: sendUnaryData<Count>): void {
    let count = 0;
    call.on("data", () => {
      count++;
    });
    call.on("end", () => answer(null, create(CountSchema, { count })));
  },

  echoBlob({ request }: ServerUnaryCall<Blob, Blob>, answer: sendUnaryData<Blob>): void {
    answer(null, create(BlobSchema, { data: request.data }));
  },
};

export async function serve(): Promise<BenchServer> {
  const server = new Server();
  server.addService(benchService, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, close: async () => server.forceShutdown() };
}
