import type { ServiceScope } from "@aster/contract";
import type { AdmittedService } from "@aster/trust";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { listed, shownName } from "./peer-names.ts";

/** The service that a client looks for in an offer. */
export interface WantedService {
  readonly name: string;
  readonly version: number;
  readonly scoped: ServiceScope;
}

/**
 * Returns the offer of a service at one version.
 *
 * Throws NOT_FOUND, with the list of services, for a service that is not offered. Throws
 * FAILED_PRECONDITION for one that is offered in another scope.
 */
export function checkOffer(
  { name, version, scoped }: WantedService,
  offered: readonly AdmittedService[],
): AdmittedService {
  const offer = offered.find((one) => one.name === name && one.version === version);
  if (offer === undefined) throw notOffered(name, version, offered);
  if (offer.scoped !== scoped) {
    const [theirs, ours] =
      scoped === "session" ? ["shared", "session-scoped"] : ["session-scoped", "shared"];
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      `the peer offers ${name} v${version} as a ${theirs} service, but here it is ${ours}`,
    );
  }
  return offer;
}

/** The error for a service that is not offered; `version` is `undefined` for any. */
export function notOffered(
  name: string,
  version: number | undefined,
  offered: readonly AdmittedService[],
): RpcError {
  const all = listed(offered.map((one) => `${shownName(one.name)} v${one.version}`)) || "nothing";
  const wanted = version === undefined ? name : `${name} v${version}`;
  return new RpcError(StatusCode.NOT_FOUND, `the peer does not offer ${wanted}; it offers ${all}`);
}

/**
 * Throws FAILED_PRECONDITION when the peer no longer offers a mode that a client may have chosen.
 */
export function checkModes(before: AdmittedService, now: AdmittedService): void {
  const gone = before.serializationModes.filter((mode) => !now.serializationModes.includes(mode));
  if (gone.length === 0 || (now.serializationModes.length === 0 && gone.join() === "xlang")) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `the peer no longer offers mode ${listed(gone.map(shownName))} for ${now.name}: make another client of the service`,
    { details: { reason: RpcReason.CONTRACT_MODES } },
  );
}
