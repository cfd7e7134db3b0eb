import { fileURLToPath } from "node:url";
import { Child } from "@aster-apps/testkit/process";
import { AskedChild, type NetworkAnswer } from "./asked-child.ts";
import { Host } from "./host.ts";

const program = fileURLToPath(new URL("../../../network/netshape.py", import.meta.url));

/** The faults of one direction of the wire. Default: none. */
export interface Shape {
  readonly delayMs?: number;
  /** Added or subtracted at random, so that packets overtake each other. */
  readonly jitterMs?: number;
  /** Shares, from 0 to 1. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
  readonly kbitPerS?: number;
  /** Drops packets that wait longer in the queue. Default: 500. */
  readonly queueMs?: number;
  readonly dropLongerThan?: number;
  /** Drops all packets. */
  readonly drop?: boolean;
}

export interface NetworkOptions {
  /** Places the near host behind a NAT. */
  readonly nat?: boolean;
  readonly seed?: number;
}

/** The packets that one direction has passed so far. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
  readonly dropped: number;
}

interface Ready {
  readonly near: { readonly namespace: string; readonly address: string };
  readonly far: { readonly namespace: string; readonly address: string };
}

interface Answer extends NetworkAnswer {
  readonly stats?: { readonly up: Traffic; readonly down: Traffic };
  readonly captured?: readonly string[];
}

/**
 * Two hosts, near and far, with a wire between them whose faults can be set (network/netshape.py).
 * "Up" is from near to far. The network disappears when it is disposed of or when this process
 * ends.
 */
export class ShapedNetwork implements AsyncDisposable {
  readonly near: Host;
  readonly far: Host;
  readonly #program: AskedChild;

  private constructor(child: Child, { near, far }: Ready) {
    this.#program = new AskedChild(child);
    this.near = new Host(near.namespace, near.address, (args) => this.#ip("near", args));
    this.far = new Host(far.namespace, far.address, (args) => this.#ip("far", args));
  }

  static async open({ nat = false, seed = 1 }: NetworkOptions = {}): Promise<ShapedNetwork> {
    const child = start("--seed", String(seed), ...(nat ? ["--nat"] : []));
    const first = await child.line(isFirst);
    if ("unavailable" in first) throw new Error(first.unavailable);
    return new ShapedNetwork(child, first);
  }

  /** Returns the reason for which this machine cannot have such a network, if there is one. */
  static async missing(): Promise<string | undefined> {
    await using child = start();
    // rejects when the program ends without a line, for example without Python
    const first = await child.line(isFirst).catch(() => {
      const [why = "netshape.py does not start"] = child.errors.trim().split("\n").slice(-1);
      return { unavailable: `no Python 3 for network/netshape.py: ${why}` };
    });
    return "unavailable" in first ? first.unavailable : undefined;
  }

  /** Sets the faults of one direction or both. */
  async shape(shape: { readonly up?: Shape; readonly down?: Shape }): Promise<void> {
    await this.#program.ask({ shape });
  }

  /** Sets the same faults for both directions. */
  async shapeBoth(shape: Shape): Promise<void> {
    await this.shape({ up: shape, down: shape });
  }

  /** Makes the NAT forget its ports. */
  async rebind(): Promise<void> {
    await this.#program.ask({ rebind: true });
  }

  async traffic(): Promise<{ readonly up: Traffic; readonly down: Traffic }> {
    const { stats } = await this.#program.ask<Answer>({ stats: true });
    if (stats === undefined) throw new Error("netshape.py returned no statistics");
    return stats;
  }

  /** Returns the next `count` UDP payloads from the near host with at least this length. */
  async capture(count: number, leastBytes: number): Promise<readonly string[]> {
    const { captured = [] } = await this.#program.ask<Answer>({ capture: { count, leastBytes } });
    return captured;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }

  async #ip(host: "near" | "far", args: readonly string[]): Promise<void> {
    await this.#program.ask({ ip: [host, ...args] });
  }
}

function start(...args: readonly string[]): Child {
  return new Child("python3", ["-B", program, ...args]);
}

function isFirst(value: unknown): value is Ready | { unavailable: string } {
  return "ready" in (value as object) || "unavailable" in (value as object);
}
