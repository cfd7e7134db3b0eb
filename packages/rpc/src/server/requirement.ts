import type { CapabilityRequirement, ServiceDefinition } from "@aster/contract";
import { RpcError } from "../error.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import type { Route } from "./route.ts";

const noRoles: ReadonlySet<string> = new Set();

/**
 * Returns PERMISSION_DENIED for a call whose peer lacks a role that the service or the method
 * requires; `undefined` if both requirements hold.
 *
 * `roles` are those of the peer's admission, `undefined` for a peer without one.
 */
export function missingCapability(
  { service, method, title }: Route,
  roles: ReadonlySet<string> = noRoles,
): RpcError | undefined {
  const { name, requires } = service.definition;
  const place = `method '${title}'`;
  if (requires !== undefined && !holds(requires, roles)) {
    return refusal(place, `service '${name}'`, title, requires, roles);
  }
  const ofMethod = method.requires;
  if (ofMethod === undefined || holds(ofMethod, roles)) return undefined;
  return refusal(place, "it", title, ofMethod, roles);
}

/** As {@link missingCapability}, for the service as a whole. */
export function missingForService(
  { name, requires }: ServiceDefinition,
  roles: ReadonlySet<string> = noRoles,
): RpcError | undefined {
  if (requires === undefined || holds(requires, roles)) return undefined;
  return refusal(`service '${name}'`, "it", name, requires, roles);
}

function holds(
  { kind, roles: wanted }: CapabilityRequirement,
  roles: ReadonlySet<string>,
): boolean {
  if (wanted.length === 0) return false;
  return kind === "any_of"
    ? wanted.some((role) => roles.has(role))
    : wanted.every((role) => roles.has(role));
}

function refusal(
  place: string,
  subject: string,
  method: string,
  { kind, roles: wanted }: CapabilityRequirement,
  roles: ReadonlySet<string>,
): RpcError {
  const missing = kind === "any_of" ? wanted : wanted.filter((role) => !roles.has(role));
  const names = missing.map((role) => JSON.stringify(role)).join(", ");
  const needed = kind === "any_of" && missing.length > 1 ? `one of ${names}` : names;
  return new RpcError(
    StatusCode.PERMISSION_DENIED,
    `capability check failed for ${place}: ${subject} requires the capability ${needed}; ` +
      "ask the operator for a credential that has it",
    { details: { reason: RpcReason.ADMISSION_CAPABILITY, method, missing: missing.join(",") } },
  );
}
