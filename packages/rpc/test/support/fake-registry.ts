import { contractIdOf } from "@aster/contract";
import type { EndpointLease, RegistryEvent, RegistryQuery, Resolution } from "@aster/registry";
import { newLease, RegistryError } from "@aster/registry";

/** A registry whose leases a test sets. */
export class FakeRegistry {
  /** The answer to every query, the best first. Empty: no endpoint can take calls. */
  leases: readonly EndpointLease[] = [];
  /** The registry knows the service. */
  knows = true;
  readonly queries: RegistryQuery[] = [];
  watchers = 0;
  readonly #wakes = new Set<() => void>();

  /** Replaces the leases and wakes the watchers. */
  set(...leases: readonly EndpointLease[]): void {
    this.leases = leases;
    for (const wake of this.#wakes) wake();
  }

  resolve = async (
    query: RegistryQuery,
    options: { waitMs?: number | undefined } = {},
  ): Promise<Resolution> => {
    this.queries.push(query);
    const { waitMs = 0 } = options;
    if (waitMs > 0 && this.leases.length === 0) await this.#change(waitMs);
    if (!this.knows) throw new RegistryError("missing", `no contract of ${query.service}`);
    if (this.leases.length === 0) throw new RegistryError("unavailable", "no endpoint");
    return { contractId: this.leases[0]?.contractId ?? "", leases: this.leases };
  };

  async *watch({
    signal,
  }: {
    signal?: AbortSignal | undefined;
  } = {}): AsyncGenerator<RegistryEvent, void, undefined> {
    this.watchers += 1;
    try {
      for (;;) {
        await Promise.race([this.#change(60_000), aborted(signal)]);
        if (signal?.aborted) return;
        const [lease] = this.leases;
        if (lease === undefined) continue;
        const { service, contractId, endpointId } = lease;
        yield { kind: "lease", key: "", service, contractId, endpointId, lease };
      }
    } finally {
      this.watchers -= 1;
    }
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(wake, withinMs);
      timer.unref();
      const wakes = this.#wakes;
      function wake(): void {
        clearTimeout(timer);
        wakes.delete(wake);
        resolve();
      }
      wakes.add(wake);
    });
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A fresh lease of an endpoint that is ready. */
export function leaseOf(
  endpointId: string,
  service: object & { readonly name: string },
  changes: Partial<EndpointLease> = {},
): EndpointLease {
  const contractId = contractIdOf(service);
  const lease = { endpointId, contractId, service: service.name, version: 1 };
  return { ...newLease({ ...lease, healthStatus: "ready" }, Date.now()), ...changes };
}
