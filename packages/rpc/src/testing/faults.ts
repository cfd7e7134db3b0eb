import type { Connection, Node } from "@aster/transport";
import { checkFault, type Fault, type FaultDirection, type InjectedFault } from "./fault.ts";
import { FaultyConnection } from "./faulty-connection.ts";
import { wrapNode } from "./wrap-node.ts";

export interface FaultsOptions {
  /**
   * The seed of the random numbers for `chance`. The same seed makes the same faults. Default: 1.
   */
  readonly seed?: number | undefined;
}

/** A frame that is about to pass. Counts begin with 0. */
export interface PassingFrame {
  readonly direction: FaultDirection;
  readonly stream: number;
  readonly frame: number;
  readonly frameOfConnection: number;
}

interface Line {
  readonly fault: Fault;
  injected: number;
}

/** A script of faults, and a log of those that were injected. Made by {@link faults}. */
export class Faults {
  readonly #injected: InjectedFault[] = [];
  readonly #random: () => number;
  #script: Line[] = [];

  /** @internal */
  constructor(script: Fault | readonly Fault[], { seed = 1 }: FaultsOptions) {
    this.#random = seededRandom(seed);
    this.set(script);
  }

  /** The faults that were injected so far, in order. */
  get injected(): readonly InjectedFault[] {
    return this.#injected;
  }

  /** Replaces the script; `[]` ends all faults. Throws INVALID_ARGUMENT as {@link faults} does. */
  set(script: Fault | readonly Fault[]): void {
    const lines = [script].flat();
    for (const fault of lines) checkFault(fault);
    this.#script = lines.map((fault) => ({ fault, injected: 0 }));
  }

  /**
   * Wraps a node, with faults on the calls of its connections. Admission and other raw connections
   * pass without faults.
   */
  wrapNode(node: Node): Node {
    return wrapNode(node, (connection) => this.wrapConnection(connection));
  }

  /** Wraps a connection, with faults for its user. The connection must carry frames. */
  wrapConnection(connection: Connection): Connection {
    return new FaultyConnection(connection, this);
  }

  /** @internal Returns the fault of a frame, from the first line of the script that matches. */
  decide(passing: PassingFrame): Fault | undefined {
    const line = this.#script.find((candidate) => this.#matches(candidate, passing));
    if (line === undefined) return undefined;
    line.injected += 1;
    const { direction, stream, frame } = passing;
    this.#injected.push({ do: line.fault.do, direction, stream, frame });
    return line.fault;
  }

  #matches({ fault, injected }: Line, passing: PassingFrame): boolean {
    const { direction, at, of = "stream", stream = passing.stream, chance = 1 } = fault;
    if (direction !== passing.direction || stream !== passing.stream) return false;
    if (injected >= (fault.times ?? Number.POSITIVE_INFINITY)) return false;
    const frame = of === "stream" ? passing.frame : passing.frameOfConnection;
    if (at !== undefined && ![at].flat().includes(frame)) return false;
    return chance === 1 || this.#random() < chance;
  }
}

/**
 * Makes a script of faults for tests. Pass it to `servicePair({ faults })`, or wrap a node or a
 * connection. Faults are injected above the transport, so they are the same in memory and over
 * QUIC, and the keep-alive of QUIC does not notice them.
 *
 * Throws `RpcError` INVALID_ARGUMENT for a count, chance or delay out of range.
 *
 * ```ts
 * const lost = faults({ at: 3, direction: "toClient", do: "reset", times: 1 });
 * await using pair = await servicePair({ services: [hello], faults: lost });
 * ```
 */
export function faults(script: Fault | readonly Fault[] = [], options: FaultsOptions = {}): Faults {
  return new Faults(script, options);
}

/**
 * Returns numbers from 0 to 1, always the same for one seed: a linear congruential generator with
 * mixed output.
 */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
