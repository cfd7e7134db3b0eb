import { contractIdOf, type ServiceDefinition } from "@aster/contract";
import type { AdmittedService } from "@aster/trust";
import { RpcError } from "./error.ts";
import { StatusCode } from "./status.ts";

/**
 * The offer that fits a definition.
 *
 * Throws NOT_FOUND, naming what there is, for a service that is not offered, and FAILED_PRECONDITION for one that is offered
 * under another contract, with both ids in text and details.
 */
export function checkOffer(
  definition: ServiceDefinition,
  offered: readonly AdmittedService[],
  checkContract: boolean,
): AdmittedService {
  const { name, version } = definition;
  const offer = offered.find((one) => one.name === name && one.version === version);
  if (offer === undefined) {
    const all = offered.map((one) => `${one.name} v${one.version}`).join(", ") || "nothing";
    throw new RpcError(
      StatusCode.NOT_FOUND,
      `the peer does not offer ${name} v${version}; it offers ${all}`,
    );
  }
  if (offer.pattern !== "shared") {
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      `the peer offers ${name} v${version} for sessions, not as a shared service`,
    );
  }
  if (checkContract && offer.contractId !== "") checkContractId(definition, offer.contractId);
  return offer;
}

function checkContractId(definition: ServiceDefinition, theirs: string): void {
  const ours = contractIdOf(definition);
  if (ours === theirs) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${definition.name} v${definition.version}: our contract is ${ours}, the peer offers ${theirs}. Build both sides from ` +
      "the same definition, or pass checkContract: false to call all the same",
    { details: { reason: "contract.mismatch", ours, theirs } },
  );
}
