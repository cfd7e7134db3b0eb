import type { CapabilityRequirement } from "@aster/contract";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import type { Route } from "./route.ts";
import type { PeerDirectory } from "./server-context.ts";

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
 * Throws PERMISSION_DENIED unless the peer holds what service and method require, both.
 *
 * Roles come from what the peer was admitted with; a peer that nobody knows has none.
 */
export function checkRequirements(
  route: Route,
  peer: string,
  peers: PeerDirectory | undefined,
): void {
  const ofService = route.service.definition.requires;
  const ofMethod = route.method.requires;
  if (ofService === undefined && ofMethod === undefined) return;
  const roles = peers?.get(peer)?.roles ?? new Set<string>();
  if (ofService !== undefined && !holds(ofService, roles)) {
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `capability check failed for service '${route.service.definition.name}'`,
    );
  }
  if (ofMethod !== undefined && !holds(ofMethod, roles)) {
    throw new RpcError(
      StatusCode.PERMISSION_DENIED,
      `capability check failed for method '${route.title}'`,
    );
  }
}
