import type { Connection, Node } from "@aster/transport";
import { checkFault, type Fault, type FaultDirection, type InjectedFault } from "./fault.ts";
import { FaultyConnection } from "./faulty-connection.ts";
import { wrapNode } from "./wrap-node.ts";

export interface FaultsOptions {
  /** Of the numbers that `chance` is held against: the same seed makes the same faults. Default 1. */
  readonly seed?: number;
}

/** A frame about to pass. Counts begin with 0. */
export interface PassingFrame {
  readonly direction: FaultDirection;
  readonly stream: number;
  readonly frame: number;
  readonly frameOfConnection: number;
}

interface Line {
  readonly fault: Fault;
  happened: number;
}

/** A script of faults, and what has come of it. Made by {@link faults}. */
export class Faults {
  readonly #injected: InjectedFault[] = [];
  readonly #random: () => number;
  #script: Line[] = [];

  /** @internal */
  constructor(script: Fault | readonly Fault[], { seed = 1 }: FaultsOptions) {
    this.#random = seededRandom(seed);
    this.set(script);
  }

  /** What has happened so far, in order. */
  get injected(): readonly InjectedFault[] {
    return this.#injected;
  }

  /** Puts another script in the place of this one; `[]` ends all faults. Throws INVALID_ARGUMENT as {@link faults} does. */
  set(script: Fault | readonly Fault[]): void {
    const lines = [script].flat();
    for (const fault of lines) checkFault(fault);
    this.#script = lines.map((fault) => ({ fault, happened: 0 }));
  }

  /** The same node, with faults on the calls of its connections. Admission and other plain bytes pass unharmed. */
  wrapNode(node: Node): Node {
    return wrapNode(node, (connection) => this.wrapConnection(connection));
  }

  /** The same connection with faults, for whoever uses it through this. Its ALPN must be one of frames. */
  wrapConnection(connection: Connection): Connection {
    return new FaultyConnection(connection, this);
  }

  /** @internal What becomes of a frame: the first line of the script that means it decides. */
  decide(passing: PassingFrame): Fault | undefined {
    const line = this.#script.find((candidate) => this.#means(candidate, passing));
    if (line === undefined) return undefined;
    line.happened += 1;
    const { direction, stream, frame } = passing;
    this.#injected.push({ do: line.fault.do, direction, stream, frame });
    return line.fault;
  }

  #means({ fault, happened }: Line, passing: PassingFrame): boolean {
    const { direction, at, of = "stream", stream = passing.stream, chance = 1 } = fault;
    if (direction !== passing.direction || stream !== passing.stream) return false;
    if (happened >= (fault.times ?? Number.POSITIVE_INFINITY)) return false;
    const frame = of === "stream" ? passing.frame : passing.frameOfConnection;
    if (at !== undefined && ![at].flat().includes(frame)) return false;
    return chance === 1 || this.#random() < chance;
  }
}

/**
 * Faults for tests: says what becomes of which frames. Give them to `servicePair({ faults })`, or wrap a node or a connection.
 * They happen above the transport, so they are the same in memory and over QUIC, and QUIC's own keep-alive notices nothing.
 *
 * Throws `RpcError` INVALID_ARGUMENT for numbers that are no counts, chances or delays.
 *
 * ```ts
 * const lost = faults({ at: 3, direction: "toClient", do: "reset", times: 1 });
 * await using pair = await servicePair({ services: [hello], faults: lost });
 * ```
 */
export function faults(script: Fault | readonly Fault[] = [], options: FaultsOptions = {}): Faults {
  return new Faults(script, options);
}

/** Returns numbers from 0 to 1, always the same for one seed: a linear congruential generator with mixed output. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
