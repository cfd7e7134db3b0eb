import { fileURLToPath } from "node:url";
import { Child } from "../../../src/process/child.ts";
import { Host } from "./host.ts";

const program = fileURLToPath(new URL("../../../network/netshape.py", import.meta.url));

/** What one direction of the wire does to packets; what is left out is as on a good wire. */
export interface Shape {
  readonly delayMs?: number;
  /** Either way, so that packets overtake each other. */
  readonly jitterMs?: number;
  /** Shares, from 0 to 1. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
  readonly kbitPerS?: number;
  /** What waits longer for its turn is dropped. Default 500. */
  readonly queueMs?: number;
  readonly dropLongerThan?: number;
  /** Drops everything. */
  readonly drop?: boolean;
}

export interface NetworkOptions {
  /** Puts near behind a NAT. */
  readonly nat?: boolean;
  readonly seed?: number;
}

/** What passed one direction so far. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

interface Ready {
  readonly near: { readonly namespace: string; readonly address: string };
  readonly far: { readonly namespace: string; readonly address: string };
}

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly stats?: { readonly up: Traffic; readonly down: Traffic };
  readonly captured?: readonly string[];
}

/**
 * Two hosts with a wire between them, which is made bad at will (network/netshape.py). "Up" is from near to far. Nothing of
 * it is left when it is disposed of, or when this process ends in whatever way.
 */
export class ShapedNetwork implements AsyncDisposable {
  readonly near: Host;
  readonly far: Host;
  readonly #child: Child;
  #lastId = 0;

  private constructor(child: Child, { near, far }: Ready) {
    this.#child = child;
    this.near = new Host(near.namespace, near.address, (args) => this.#ip("near", args));
    this.far = new Host(far.namespace, far.address, (args) => this.#ip("far", args));
  }

  static async open({ nat = false, seed = 1 }: NetworkOptions = {}): Promise<ShapedNetwork> {
    const child = start("--seed", String(seed), ...(nat ? ["--nat"] : []));
    const first = await child.line(isFirst);
    if ("unavailable" in first) throw new Error(first.unavailable);
    return new ShapedNetwork(child, first);
  }

  /** Why there can be no such network here; undefined where there can. */
  static async missing(): Promise<string | undefined> {
    await using child = start();
    // rejects when it ends without a word, as without Python
    const first = await child.line(isFirst).catch(() => {
      const [why = "it does not start"] = child.errors.trim().split("\n").slice(-1);
      return { unavailable: `no Python 3 for network/netshape.py: ${why}` };
    });
    return "unavailable" in first ? first.unavailable : undefined;
  }

  /** Sets one direction or both. */
  async shape(shape: { readonly up?: Shape; readonly down?: Shape }): Promise<void> {
    await this.#ask({ shape });
  }

  /** Sets both directions alike. */
  async shapeBoth(shape: Shape): Promise<void> {
    await this.shape({ up: shape, down: shape });
  }

  /** Has the NAT forget its ports. */
  async rebind(): Promise<void> {
    await this.#ask({ rebind: true });
  }

  async traffic(): Promise<{ readonly up: Traffic; readonly down: Traffic }> {
    const { stats } = await this.#ask({ stats: true });
    if (stats === undefined) throw new Error("the wire did not count");
    return stats;
  }

  /** The next `count` UDP payloads from near that are long enough. */
  async capture(count: number, leastBytes: number): Promise<readonly string[]> {
    const { captured = [] } = await this.#ask({ capture: { count, leastBytes } });
    return captured;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }

  async #ip(host: "near" | "far", args: readonly string[]): Promise<void> {
    await this.#ask({ ip: [host, ...args] });
  }

  async #ask(command: object): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.send({ id, ...command });
    const isAnswer = (value: unknown): value is Answer => (value as Answer).id === id;
    const answer = await this.#child.line(isAnswer);
    if (answer.error !== undefined) throw new Error(`${JSON.stringify(command)}: ${answer.error}`);
    return answer;
  }
}

function start(...args: readonly string[]): Child {
  return new Child("python3", ["-B", program, ...args]);
}

function isFirst(value: unknown): value is Ready | { unavailable: string } {
  return "ready" in (value as object) || "unavailable" in (value as object);
}
