import type { EndpointId } from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { addressKey } from "./address-key.ts";
import { DenialBuckets } from "./denial-buckets.ts";

export interface AdmissionLimiterOptions {
  /** Denied admissions of one endpoint in a minute. `Infinity`: no limit. Default: 5. */
  readonly perEndpoint?: number | undefined;
  /**
   * Denied admissions from one IP address in a minute, for IPv6 from one /64 network. It does not
   * apply to loopback addresses. `Infinity`: no limit. Default: 60.
   */
  readonly perAddress?: number | undefined;
  /** All denied admissions in a minute. `Infinity`: no limit. Default: 12 000. */
  readonly total?: number | undefined;
}

/** The limit that refused an admission. */
export interface AdmissionRefusal {
  readonly limit: "endpoint" | "address" | "total";
  /** `false` for the first refusal of a burst, which deserves a line in the log. */
  readonly repeated: boolean;
}

/**
 * Limits denied admissions, so that credentials and tokens cannot be tried at will and denials cost
 * little. Admissions are not counted.
 *
 * Endpoints that were admitted before are limited only by their own denials, so that strangers
 * cannot lock them out.
 */
export interface AdmissionLimiter {
  /** Returns the limit that refuses an admission now; `undefined` if it can be decided. */
  refusal(peer: EndpointId, address?: string): AdmissionRefusal | undefined;
  /** Counts an admission that the gate has denied. */
  denied(peer: EndpointId, address?: string): void;
  /** Remembers an endpoint that the gate has admitted, up to 10 000 of them. */
  admitted(peer: EndpointId): void;
}

const MOST_KNOWN = 10_000;

/** Throws {@link AdmissionError} `"option"` for a limit that is not a number of at least 1. */
export function admissionLimiter(options: AdmissionLimiterOptions = {}): AdmissionLimiter {
  const { perEndpoint = 5, perAddress = 60, total = 12_000 } = options;
  for (const [name, value] of Object.entries({ perEndpoint, perAddress, total })) {
    if (typeof value === "number" && value >= 1) continue;
    throw new AdmissionError(
      "option",
      `option ${name} must be a number of at least 1, got ${JSON.stringify(value) ?? value}`,
    );
  }
  return new DeniedAdmissions(perEndpoint, perAddress, total);
}

class DeniedAdmissions implements AdmissionLimiter {
  readonly #endpoints: DenialBuckets;
  readonly #addresses: DenialBuckets;
  readonly #total: DenialBuckets;
  readonly #known: Set<EndpointId> = new Set();

  constructor(perEndpoint: number, perAddress: number, total: number) {
    this.#endpoints = new DenialBuckets(perEndpoint);
    this.#addresses = new DenialBuckets(perAddress);
    this.#total = new DenialBuckets(total);
  }

  refusal(peer: EndpointId, address?: string): AdmissionRefusal | undefined {
    const network = addressKey(address);
    const byEndpoint = this.#endpoints.refusal(peer);
    if (byEndpoint !== undefined) return { limit: "endpoint", repeated: byEndpoint === "again" };
    if (this.#known.has(peer)) return undefined;
    const byAddress = network === undefined ? undefined : this.#addresses.refusal(network);
    if (byAddress !== undefined) return { limit: "address", repeated: byAddress === "again" };
    const byTotal = this.#total.refusal("");
    if (byTotal !== undefined) return { limit: "total", repeated: byTotal === "again" };
    return undefined;
  }

  denied(peer: EndpointId, address?: string): void {
    const network = addressKey(address);
    this.#endpoints.take(peer);
    if (network !== undefined) this.#addresses.take(network);
    this.#total.take("");
  }

  admitted(peer: EndpointId): void {
    // a Set keeps insertion order, so the first endpoint was admitted least recently
    this.#known.delete(peer);
    this.#known.add(peer);
    if (this.#known.size <= MOST_KNOWN) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}
