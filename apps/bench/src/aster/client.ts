import type { Client } from "@aster/rpc";
import { AsterClient } from "@aster/rpc";
import type { Note } from "../sample.ts";
import { sampleNote } from "../sample.ts";
import type { BenchClient } from "../stack.ts";
import { callTimeoutMs } from "../stack.ts";
import { BenchDef } from "./contract.ts";

function* notes(count: number): Iterable<Note> {
  for (let seq = 0; seq < count; seq++) yield sampleNote(seq);
}

/** A client of the benchmarked service over Aster. */
export class AsterBenchClient implements BenchClient {
  readonly #connection: AsterClient;
  readonly #bench: Client<typeof BenchDef>;

  constructor(connection: AsterClient, definition: typeof BenchDef = BenchDef) {
    this.#connection = connection;
    this.#bench = connection.client(definition, { timeoutMs: callTimeoutMs });
  }

  echo(note: Note): Promise<Note> {
    return this.#bench.echo(note);
  }

  async feed(count: number): Promise<number> {
    let received = 0;
    for await (const _ of this.#bench.feed({ count })) received++;
    return received;
  }

  async collect(count: number): Promise<number> {
    return (await this.#bench.collect(notes(count))).count;
  }

  async echoBlob(data: Uint8Array): Promise<number> {
    return (await this.#bench.echoBlob({ data })).data.byteLength;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

export async function connect(address: string): Promise<BenchClient> {
  return new AsterBenchClient(await AsterClient.connect(address, { network: "none" }));
}
