import { fileURLToPath } from "node:url";
import { AsterClient, type Client } from "@aster/rpc";
import type { AsterServerStats, RpcLimitOptions } from "@aster/rpc/server";
import { Child } from "@aster-apps/testkit/process";
import { Hoard } from "./hoard.ts";

type Stats = AsterServerStats & { readonly rssBytes: number };
interface Ready {
  readonly ready: true;
  readonly address: string;
  readonly pid: number;
}

const main = fileURLToPath(import.meta.resolve("../programs/hoard-server.ts"));
const frugal = { MALLOC_TRIM_THRESHOLD_: "65536", MALLOC_MMAP_THRESHOLD_: "65536" };
const local = { network: "none", bindAddress: "127.0.0.1:0" } as const;
const nodeFlags = ["--unhandled-rejections=strict", "--expose-gc", "--import"];

/**
 * A server of {@link Hoard} in a process of its own, with a heap of `heapMib`, and a witness: a
 * client that has no part in the attack and calls all the time.
 */
export class HoardServer implements AsyncDisposable {
  readonly ready: Ready;
  readonly #child: Child;
  readonly #witness: AsterClient;
  #watching = true;
  #worstMs = 0;
  readonly #watched: Promise<void>;

  private constructor(child: Child, ready: Ready, witness: AsterClient) {
    this.#child = child;
    this.ready = ready;
    this.#witness = witness;
    this.#watched = this.#watch(witness.client(Hoard));
  }

  static async start(limits: RpcLimitOptions = {}, heapMib = 512): Promise<HoardServer> {
    const heap = `--max-old-space-size=${heapMib}`;
    const flags = [heap, ...nodeFlags, import.meta.resolve("tsx")];
    const child = new Child(process.execPath, [...flags, main, JSON.stringify(limits)], frugal);
    const ready = await child.line((value): value is Ready => has(value, "ready"));
    return new HoardServer(child, ready, await AsterClient.connect(ready.address, local));
  }

  /** Connects a peer of its own. */
  attacker(): Promise<AsterClient> {
    return AsterClient.connect(this.ready.address, local);
  }

  async stats(): Promise<Stats> {
    this.#child.send("stats");
    const isStats = (value: unknown): value is { stats: Stats } => has(value, "stats");
    return (await this.#child.line(isStats)).stats;
  }

  /** The longest time that the witness has waited for an answer. Throws if it got none. */
  async worstMs(): Promise<number> {
    this.#watching = false;
    await this.#watched;
    return this.#worstMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching = false;
    await this.#watched.catch(() => {});
    await this.#witness.close();
    this.#child.signal("SIGKILL");
    await this.#child[Symbol.asyncDispose]();
  }

  async #watch(hoard: Client<typeof Hoard>): Promise<void> {
    const request = { bytes: new Uint8Array(10) };
    while (this.#watching) {
      const before = performance.now();
      await hoard.echo(request, { timeoutMs: 30_000 });
      this.#worstMs = Math.max(this.#worstMs, performance.now() - before);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
