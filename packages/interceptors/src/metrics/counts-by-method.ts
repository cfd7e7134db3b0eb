import { MethodCounts, type MethodMetrics } from "./method-counts.ts";

type Side = MethodMetrics["side"];

/** The counts of all methods, of a bounded number on each side. */
export class CountsByMethod {
  readonly #client: SideCounts;
  readonly #server: SideCounts;

  constructor(maxMethods: number) {
    this.#client = new SideCounts("client", maxMethods);
    this.#server = new SideCounts("server", maxMethods);
  }

  of(side: Side, service: string, method: string): MethodCounts {
    return (side === "client" ? this.#client : this.#server).of(service, method);
  }

  all(): MethodCounts[] {
    return [...this.#client.all(), ...this.#server.all()];
  }
}

class SideCounts {
  readonly #side: Side;
  readonly #methods = new Map<string, Map<string, MethodCounts>>();
  readonly #maxMethods: number;
  readonly #others: MethodCounts;
  #size = 0;

  constructor(side: Side, maxMethods: number) {
    this.#side = side;
    this.#maxMethods = maxMethods;
    this.#others = new MethodCounts(side, "other", "other");
  }

  of(service: string, method: string): MethodCounts {
    const known = this.#methods.get(service)?.get(method);
    if (known !== undefined) return known;
    if (this.#size >= this.#maxMethods) return this.#others;
    const counts = new MethodCounts(this.#side, service, method);
    const methods = this.#methods.get(service) ?? new Map<string, MethodCounts>();
    this.#methods.set(service, methods.set(method, counts));
    this.#size++;
    return counts;
  }

  all(): MethodCounts[] {
    const all = [...this.#methods.values()].flatMap((methods) => [...methods.values()]);
    return this.#others.started > 0 ? [...all, this.#others] : all;
  }
}
