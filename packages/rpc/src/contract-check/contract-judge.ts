import type { AdmittedService } from "@aster/trust";
import { optionError } from "../option-check.ts";
import { undescribed, unequal } from "./contract-failure.ts";
import { ContractGate } from "./contract-gate.ts";
import type { ManifestSource } from "./manifest-source.ts";
import type { OwnContract } from "./own-contract.ts";

/**
 * The contracts of a peer that a client accepts: `"equal"` to its own, `"compatible"` method by
 * method, or any (`false`).
 */
export type ContractPolicy = "equal" | "compatible" | false;

/** Throws INVALID_ARGUMENT for a value that is not a policy. */
export function checkContractPolicy(policy: unknown): void {
  if (policy === undefined || policy === "equal" || policy === "compatible" || policy === false) {
    return;
  }
  throw optionError("checkContract", '"equal", "compatible" or false', policy);
}

/** Judges the offers of a peer for one client of one service. */
export class ContractJudge {
  readonly #own: () => OwnContract;
  readonly #policy: ContractPolicy;
  readonly #manifests: ManifestSource;
  #last: { readonly offer: AdmittedService; readonly gate: ContractGate } | undefined;

  /** `own` is not called with the policy `false`, because contract ids take time to compute. */
  constructor(own: () => OwnContract, policy: ContractPolicy, manifests: ManifestSource) {
    this.#own = own;
    this.#policy = policy;
    this.#manifests = manifests;
  }

  /**
   * Returns the gate of calls to an offer, `undefined` if all calls can be made. Throws
   * FAILED_PRECONDITION if no call can be made.
   */
  gateOf(offer: AdmittedService): ContractGate | undefined {
    if (this.#policy === false || offer.contractId === "") return undefined;
    const own = this.#own();
    if (own.id === offer.contractId) return undefined;
    if (this.#policy === "equal") throw unequal(own, offer);
    if (offer.methods === undefined) throw undescribed(own, offer);
    const gate = this.#known(offer) ?? new ContractGate(own, offer, this.#manifests);
    this.#last = { offer, gate };
    return gate.open ? undefined : gate;
  }

  /** A peer that comes back with the same contract needs no second comparison. */
  #known(offer: AdmittedService): ContractGate | undefined {
    const last = this.#last;
    if (last === undefined || last.offer.contractId !== offer.contractId) return undefined;
    return last.offer !== offer && last.gate.failed ? undefined : last.gate;
  }
}
