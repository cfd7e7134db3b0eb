import type { ServiceScope } from "@aster/contract";
import type { AdmittedService } from "@aster/trust";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/** What is looked for. */
export interface WantedService {
  readonly name: string;
  readonly version: number;
  readonly scoped: ServiceScope;
}

/**
 * The offer of a service at one version. With a contract id it must be offered under that contract.
 *
 * Throws NOT_FOUND, naming what there is, for a service that is not offered, and FAILED_PRECONDITION for one that is offered
 * in another scope, or under another contract, with both ids in text and details.
 */
export function checkOffer(
  { name, version, scoped }: WantedService,
  offered: readonly AdmittedService[],
  contractId: string | undefined,
): AdmittedService {
  const offer = offered.find((one) => one.name === name && one.version === version);
  if (offer === undefined) {
    const all = offered.map((one) => `${one.name} v${one.version}`).join(", ") || "nothing";
    throw new RpcError(
      StatusCode.NOT_FOUND,
      `the peer does not offer ${name} v${version}; it offers ${all}`,
    );
  }
  if (offer.scoped !== scoped) {
    const theirs = scoped === "session" ? "as a shared service" : "for sessions";
    const ours = scoped === "session" ? "session-scoped" : "shared";
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      `the peer offers ${name} v${version} ${theirs}, here it is called as ${ours}`,
    );
  }
  if (contractId !== undefined && offer.contractId !== "") checkContractId(contractId, offer);
  return offer;
}

/** Throws FAILED_PRECONDITION when a mode that a client may have chosen is offered no more. */
export function checkModes(before: AdmittedService, now: AdmittedService): void {
  const gone = before.serializationModes.filter((mode) => !now.serializationModes.includes(mode));
  if (gone.length === 0 || (now.serializationModes.length === 0 && gone.join() === "xlang")) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the peer has come back without the mode ${gone.join(", ")} for ${now.name}: make another client of the service`,
    { details: { reason: RpcReason.CONTRACT_MODES } },
  );
}

function checkContractId(ours: string, offer: AdmittedService): void {
  const { name, version, contractId: theirs } = offer;
  if (ours === theirs) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${name} v${version}: our contract is ${ours}, the peer offers ${theirs}. Build both sides from ` +
      "the same definition, or pass checkContract: false to call all the same",
    { details: { reason: RpcReason.CONTRACT_MISMATCH, ours, theirs } },
  );
}
