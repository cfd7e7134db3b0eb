import type { CapabilityRequirement, ServiceDefinition } from "@aster/contract";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import type { Route } from "./route.ts";
import type { PeerDirectory } from "./server-options.ts";

function holds(
  { kind, roles: wanted }: CapabilityRequirement,
  roles: ReadonlySet<string>,
): boolean {
  if (wanted.length === 0) return false;
  return kind === "any_of"
    ? wanted.some((role) => roles.has(role))
    : wanted.every((role) => roles.has(role));
}

/**
 * Throws PERMISSION_DENIED unless the peer has the roles that both the service and the method
 * require.
 *
 * The roles are those of the peer's admission; a peer that is not in the directory has none.
 */
export function checkRequirements(
  route: Route,
  peer: string,
  peers: PeerDirectory | undefined,
): void {
  checkServiceRequirement(route.service.definition, peer, peers);
  const ofMethod = route.method.requires;
  if (ofMethod !== undefined && !holds(ofMethod, rolesOf(peer, peers))) {
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `capability check failed for method '${route.title}'`,
    );
  }
}

/** Throws PERMISSION_DENIED unless the peer has the roles that the service requires. */
export function checkServiceRequirement(
  { name, requires }: ServiceDefinition,
  peer: string,
  peers: PeerDirectory | undefined,
): void {
  if (requires === undefined || holds(requires, rolesOf(peer, peers))) return;
  throw new RpcError(StatusCode.PERMISSION_DENIED, `capability check failed for service '${name}'`);
}

function rolesOf(peer: string, peers: PeerDirectory | undefined): ReadonlySet<string> {
  return peers?.get(peer)?.roles ?? new Set<string>();
}
