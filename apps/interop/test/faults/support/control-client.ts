import { AsterClient, type Client } from "@aster/rpc";
import { Testkit } from "@aster-apps/testkit";
import { expect, vi } from "vitest";
import type { Stats, TestkitServer } from "./testkit-server.ts";

const MIB = 1024 * 1024;
/** The longest time until a server has released what a fault left behind, on a busy machine. */
const quiet = { timeout: 30_000, interval: 100 };

/**
 * A client on a connection of its own that has no part in a fault. It records the server's figures
 * before the fault and checks afterwards that the server is as healthy as before.
 */
export class ControlClient implements AsyncDisposable {
  readonly client: AsterClient;
  readonly testkit: Client<typeof Testkit>;
  readonly #server: TestkitServer;
  readonly #before: Stats;

  private constructor(server: TestkitServer, client: AsterClient, before: Stats) {
    this.client = client;
    this.testkit = client.client(Testkit);
    this.#server = server;
    this.#before = before;
  }

  static async of(server: TestkitServer): Promise<ControlClient> {
    const client = await connected(server.address);
    const testkit = client.client(Testkit);
    for (let call = 0; call < 20; call += 1) await testkit.echo({});
    return new ControlClient(server, client, await atRest(server));
  }

  /**
   * Expects that the server is the same process, answers 20 echoes within `echoMs` each, has not
   * panicked, and soon holds no more than before.
   */
  async expectHealthy({ echoMs = 10_000 }: { readonly echoMs?: number } = {}): Promise<void> {
    for (let text = 0; text < 20; text += 1) {
      const reply = await this.testkit.echo({ text: `${text}` }, { timeoutMs: echoMs });
      expect(reply.text).toBe(`${text}`);
    }
    const { rssBytes, ...before } = this.#before;
    await vi.waitFor(async () => {
      const now = await this.#server.stats({ collect: true });
      expect(now).toMatchObject({ ...before, queuedBytes: 0 });
      expect(now.rssBytes - rssBytes).toBeLessThan(64 * MIB);
    }, quiet);
    expect(this.#server.child.pid).toBe(this.#server.ready.pid);
    expect(this.#server.child.errors).not.toMatch(/panicked|unhandled/i);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.close();
  }
}

/** Connects a client to a testkit on this machine. Every failure of a call shows. */
export async function connected(
  address: string,
  options: Parameters<typeof AsterClient.connect>[1] = {},
): Promise<AsterClient> {
  const local = { network: "none", bindAddress: "127.0.0.1:0", retry: false } as const;
  return AsterClient.connect(address, { ...local, ...options });
}

/** Returns the server's figures after its admission connections have closed. */
async function atRest(server: TestkitServer): Promise<Stats> {
  await vi.waitFor(async () => expect((await server.stats()).connections).toBe(1), quiet);
  return server.stats({ collect: true });
}
