import type { Load, Yield } from "../load.ts";
import type { Window } from "../pair.ts";
import { peers } from "../peer.ts";
import type { Contestant } from "../rpc.ts";
import { LineProcess } from "./line-process.ts";

/** The server and the client of crates/native/examples/echo.rs, connected over loopback. */
export class RustPair implements AsyncDisposable, Contestant {
  readonly loads = peers.rust.loads;
  readonly #server: LineProcess;
  readonly #client: LineProcess;

  private constructor(server: LineProcess, client: LineProcess) {
    this.#server = server;
    this.#client = client;
  }

  static async start(program: string): Promise<RustPair> {
    await using started = new AsyncDisposableStack();
    const server = started.use(new LineProcess(program, "server"));
    const address = (await server.line()).split(" ");
    const client = started.use(new LineProcess(program, "client", ...address));
    await client.line();
    started.move();
    return new RustPair(server, client);
  }

  async window(load: Load): Promise<Window> {
    if (load.kind !== "unary" && load.kind !== "bulk")
      throw new Error(`the peer rust has no ${load.kind}`);
    const answer = await this.#client.ask(`${load.kind} ${load.concurrency} ${load.windowMs}`);
    const { amount, seconds, latenciesUs }: Yield = JSON.parse(answer);
    return { perSecond: amount / seconds, latenciesUs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
