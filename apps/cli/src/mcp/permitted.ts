import type { AsterClient } from "@aster/rpc";
import { type AdmittedRequirement, type AdmittedService, rolesOf } from "@aster/trust";

/**
 * Returns a function that tells if the credential of a client has the roles of a method. The peer
 * named them in its admission; a peer that names none decides when the method is called.
 */
export function permitted({
  attributes,
}: AsterClient): (service: AdmittedService, method: string) => boolean {
  const roles = rolesOf(attributes);
  return ({ requires, methods }, method) =>
    holds(requires, roles) && holds(methods?.[method]?.requires, roles);
}

function holds(requires: AdmittedRequirement | undefined, roles: ReadonlySet<string>): boolean {
  if (requires === undefined) return true;
  const { kind, roles: wanted } = requires;
  if (wanted.length === 0) return false;
  return kind === "any_of"
    ? wanted.some((role) => roles.has(role))
    : wanted.every((role) => roles.has(role));
}
