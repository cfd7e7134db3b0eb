import { create } from "@bufbuild/protobuf";
import type { requestCallback } from "@grpc/grpc-js";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { sampleNote } from "../sample.ts";
import type { BenchClient } from "../stack.ts";
import { callTimeoutMs } from "../stack.ts";
import type { Blob, Count, Note } from "./bench_pb.ts";
import { BlobSchema, CountSchema, NoteSchema } from "./bench_pb.ts";
import { benchService } from "./service.ts";

function settle<T>(
  resolve: (value: T) => void,
  reject: (reason: Error) => void,
): requestCallback<T> {
  return (error, value) => (error === null ? resolve(value as T) : reject(error));
}

class GrpcBenchClient implements BenchClient {
  readonly #client: Client;
  readonly #metadata = new Metadata();

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure());
  }

  get #options(): { deadline: number } {
    return { deadline: Date.now() + callTimeoutMs };
  }

  echo(note: Parameters<BenchClient["echo"]>[0]): Promise<Note> {
    const { path, requestSerialize, responseDeserialize } = benchService.echo;
    const message = create(NoteSchema, note);
    return new Promise((resolve, reject) => {
      const done = settle<Note>(resolve, reject);
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        this.#metadata,
        this.#options,
        done,
      );
    });
  }

  feed(count: number): Promise<number> {
    const { path, requestSerialize, responseDeserialize } = benchService.feed;
    const call = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      create(CountSchema, { count }),
      this.#metadata,
      this.#options,
    );
    return new Promise((resolve, reject) => {
      let received = 0;
      call.on("data", () => {
        received++;
      });
      call.on("end", () => resolve(received));
      call.on("error", reject);
    });
  }

  async collect(count: number): Promise<number> {
    const { path, requestSerialize, responseDeserialize } = benchService.collect;
    const reply = await new Promise<Count>((resolve, reject) => {
      const call = this.#client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        this.#metadata,
        this.#options,
        settle<Count>(resolve, reject),
      );
      let sent = 0;
      const go = (): void => {
        while (sent < count) {
          if (!call.write(create(NoteSchema, sampleNote(sent++)))) {
            call.once("drain", go);
            return;
          }
        }
        call.end();
      };
      go();
    });
    return reply.count;
  }

  async echoBlob(data: Uint8Array): Promise<number> {
    const { path, requestSerialize, responseDeserialize } = benchService.echoBlob;
    const message = create(BlobSchema, { data });
    const reply = await new Promise<Blob>((resolve, reject) => {
      const done = settle<Blob>(resolve, reject);
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        this.#metadata,
        this.#options,
        done,
      );
    });
    return reply.data.byteLength;
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}

export async function connect(address: string): Promise<BenchClient> {
  return new GrpcBenchClient(address);
}
