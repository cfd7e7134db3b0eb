import type { ServiceDefinition } from "@aster/contract";
import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { contractService } from "../protocol/contract-method.ts";
import { StatusCode } from "../status.ts";
import type { Denial } from "./denial.ts";
import { HostedService } from "./hosted-service.ts";
import { implement } from "./implement.ts";
import { missingForService } from "./requirement.ts";
import type { PeerDirectory } from "./server-options.ts";

/** Finds a hosted service; `undefined` for an unknown name or version. */
export type FindDefinition = (name: string, version: number) => ServiceDefinition | undefined;

/**
 * Hosts the contract method (docs/wire.md, "Contract method"): it returns the manifests of the
 * hosted services, to peers that have the roles of the service. Interceptors of the server do not
 * run, because they may expect metadata of its own services.
 */
export function hostContracts(
  find: FindDefinition,
  limits: RpcLimits,
  peers: PeerDirectory | undefined,
  denied: (denial: Denial) => void,
): HostedService {
  const manifests = new WeakMap<ServiceDefinition, string>();
  const implementation = implement(contractService(), {
    async manifest({ service, version }, { peer }) {
      const definition = find(service, version);
      if (definition === undefined) {
        throw new RpcError(StatusCode.NOT_FOUND, "the server does not host this service");
      }
      const refusal = missingForService(definition, peers?.get(peer)?.roles);
      if (refusal !== undefined) {
        denied({ gate: 3, peer, method: service, cause: "capability", error: refusal });
        throw refusal;
      }
      const known = manifests.get(definition);
      if (known !== undefined) return { manifest: known };
      // loaded on first use, as contracts rarely differ
      const { typedManifestOf } = await import("@aster/contract/model");
      const manifest = JSON.stringify(typedManifestOf(definition));
      manifests.set(definition, manifest);
      return { manifest };
    },
  });
  return new HostedService(implementation, [], limits);
}
