import type { AsterClient } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";
import { connectTo } from "../peer/connect.ts";
import type { PeerOptions } from "../peer/options.ts";

/** The clients of a console, by the addresses of their peers. All pages share them. */
export class ConsolePeers implements AsyncDisposable {
  readonly #context: CommandContext;
  readonly #options: PeerOptions;
  readonly #clients = new Map<string, Promise<AsterClient>>();

  constructor(context: CommandContext, options: PeerOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Connects to a peer, or returns the client that is connected to it. */
  async client(address: string): Promise<AsterClient> {
    const known = this.#clients.get(address);
    if (known !== undefined) return await known;
    const dialed = connectTo(this.#context, address, this.#options, { reconnect: true });
    this.#clients.set(address, dialed);
    try {
      return await dialed;
    } catch (error) {
      this.#clients.delete(address);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.allSettled(clients.map(async (client) => await (await client).close()));
  }
}
