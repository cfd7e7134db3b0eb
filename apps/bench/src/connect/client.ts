import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import type { Note } from "../grpc/bench_pb.ts";
import { Bench, NoteSchema } from "../grpc/bench_pb.ts";
import { sampleNote } from "../sample.ts";
import type { BenchClient } from "../stack.ts";
import { callTimeoutMs } from "../stack.ts";

const options = { timeoutMs: callTimeoutMs };

async function* notes(count: number): AsyncIterable<Note> {
  for (let seq = 0; seq < count; seq++) yield create(NoteSchema, sampleNote(seq));
}

class ConnectBenchClient implements BenchClient {
  readonly #session: Http2SessionManager;
  readonly #bench: Client<typeof Bench>;

  constructor(baseUrl: string) {
    this.#session = new Http2SessionManager(baseUrl);
    this.#bench = createClient(
      Bench,
      createGrpcTransport({ baseUrl, sessionManager: this.#session }),
    );
  }

  echo(note: Parameters<BenchClient["echo"]>[0]): Promise<Note> {
    return this.#bench.echo(create(NoteSchema, note), options);
  }

  async feed(count: number): Promise<number> {
    let received = 0;
    for await (const _ of this.#bench.feed({ count }, options)) received++;
    return received;
  }

  async collect(count: number): Promise<number> {
    return (await this.#bench.collect(notes(count), options)).count;
  }

  async echoBlob(data: Uint8Array): Promise<number> {
    return (await this.#bench.echoBlob({ data }, options)).data.byteLength;
  }

  async close(): Promise<void> {
    this.#session.abort();
  }
}

export async function connect(address: string): Promise<BenchClient> {
  return new ConnectBenchClient(address);
}
