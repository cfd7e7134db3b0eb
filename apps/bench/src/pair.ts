import type { Bundle } from "./bundle.ts";
import type { Load } from "./load.ts";
import { peers } from "./peer.ts";
import { BenchProcess } from "./process.ts";
import type { Contestant } from "./rpc.ts";
import type { StackName } from "./stack.ts";

/** The measurement of one window. */
export interface Window {
  /** Calls, messages or bytes per second, depending on the kind of load. */
  readonly perSecond: number;
  /** The CPU time of both processes per call, message or byte, if known. */
  readonly cpuMicros?: number;
  readonly latenciesUs: readonly number[];
}

/** A server process and a client process of one stack, connected over loopback. */
export class Pair implements AsyncDisposable, Contestant {
  readonly stack: StackName;
  readonly loads: readonly string[] | undefined;
  readonly server: BenchProcess;
  readonly client: BenchProcess;

  private constructor(stack: StackName, server: BenchProcess, client: BenchProcess) {
    this.stack = stack;
    this.loads = stack in peers ? peers[stack as keyof typeof peers].loads : undefined;
    this.server = server;
    this.client = client;
  }

  static async start(
    bundle: Bundle,
    stack: StackName,
    nodeArgs: readonly string[] = [],
  ): Promise<Pair> {
    const server = await BenchProcess.start(bundle.server, [stack], nodeArgs);
    try {
      return new Pair(
        stack,
        server,
        await BenchProcess.start(bundle.client, [stack, server.address], nodeArgs),
      );
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #cpuMicros(): Promise<number> {
    const [server, client] = await Promise.all([this.server.cpuMicros(), this.client.cpuMicros()]);
    return server + client;
  }

  async window(load: Load): Promise<Window> {
    const before = await this.#cpuMicros();
    const { amount, seconds, latenciesUs } = await this.client.load(load);
    const cpu = (await this.#cpuMicros()) - before;
    return { perSecond: amount / seconds, cpuMicros: cpu / amount, latenciesUs };
  }

  /** Returns the resident memory of both processes after a garbage collection. */
  async residentBytes(): Promise<number> {
    return (await this.server.residentBytes()) + (await this.client.residentBytes());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
