import type { TRPCClient, TRPCWebSocketClient } from "@trpc/client";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { WebSocket } from "ws";
import type { Note } from "../sample.ts";
import type { BenchClient } from "../stack.ts";
import type { BenchRouter } from "./router.ts";

class TrpcBenchClient implements BenchClient {
  readonly #socket: TRPCWebSocketClient;
  readonly #bench: TRPCClient<BenchRouter>;

  constructor(url: string) {
    // tRPC accepts the class of ws, although its types require that of browsers
    const OfNode = WebSocket as unknown as typeof globalThis.WebSocket;
    this.#socket = createWSClient({ url, WebSocket: OfNode });
    this.#bench = createTRPCClient<BenchRouter>({ links: [wsLink({ client: this.#socket })] });
  }

  echo(note: Note): Promise<Note> {
    return this.#bench.echo.query(note);
  }

  feed(count: number): Promise<number> {
    return new Promise((resolve, reject) => {
      let received = 0;
      this.#bench.feed.subscribe(
        { count },
        { onData: () => received++, onComplete: () => resolve(received), onError: reject },
      );
    });
  }

  async close(): Promise<void> {
    await this.#socket.close();
  }
}

export async function connect(address: string): Promise<BenchClient> {
  return new TrpcBenchClient(address);
}
