import type { EndpointId } from "../address/endpoint.ts";
import type { AllowList, ClosedGateOptions } from "../allow-list.ts";
import type { GateQuestion } from "../node.ts";
import { setTimeout } from "../turns.ts";

/** The shortest time between two reports, as over QUIC. */
const REPORT_INTERVAL_MS = 1_000;
/** The refusals that a report describes, as over QUIC. */
const MOST_DESCRIBED = 16;

/** The peers that may connect to a memory node. It reports refused connections. */
export class MemoryAllowList implements AllowList {
  readonly #open: ReadonlySet<string>;
  readonly #peers = new Set<EndpointId>();
  readonly #onRefused: ClosedGateOptions["onRefused"];
  #count = 0;
  #some: GateQuestion[] = [];
  /** The last report was less than an interval ago. */
  #waiting = false;

  constructor({ openAlpns, onRefused }: ClosedGateOptions) {
    this.#open = new Set(openAlpns);
    this.#onRefused = onRefused;
  }

  allow(peer: EndpointId): void {
    this.#peers.add(peer);
  }

  remove(peer: EndpointId): void {
    this.#peers.delete(peer);
  }

  admits({ peer, alpn }: GateQuestion): boolean {
    return this.#open.has(alpn) || this.#peers.has(peer);
  }

  refused(question: GateQuestion): void {
    this.#count += 1;
    if (this.#some.length < MOST_DESCRIBED) this.#some.push(question);
    if (!this.#waiting) this.#report();
  }

  #report(): void {
    this.#waiting = this.#count > 0;
    if (!this.#waiting) return;
    const refused = { count: this.#count, some: this.#some };
    this.#count = 0;
    this.#some = [];
    setTimeout(() => this.#report(), REPORT_INTERVAL_MS).unref();
    try {
      this.#onRefused?.(refused);
    } catch {
      // a failing report must not change the decision
    }
  }
}
