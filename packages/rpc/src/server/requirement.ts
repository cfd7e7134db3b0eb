import {
  type CapabilityRequirement,
  type ContractError,
  type InterceptedCall,
  type Requirement,
  requirementOf,
  type ServiceDefinition,
} from "@aster/contract";
import { RpcError } from "../error.ts";
import { optionError, refusedOption } from "../option-check.ts";
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
  return missing(name, title, requires, method.requires, roles);
}

/**
 * Returns a function that checks calls on a server: PERMISSION_DENIED for one whose `roles` do not
 * meet a requirement, else `undefined`. `requires` has the requirements of services, by their name,
 * and of methods, by `Service.method` with the names on the wire. Those of service and method hold
 * together.
 *
 * Throws INVALID_ARGUMENT for a value that is not a requirement.
 */
export function capabilityCheck(
  requires: Readonly<Record<string, Requirement>>,
): (call: InterceptedCall) => RpcError | undefined {
  if (typeof requires !== "object" || requires === null) {
    throw optionError("requires", "an object", requires);
  }
  const table = new Map(
    Object.entries(requires).map(([name, value]) => [name, checked(`requires.${name}`, value)]),
  );
  return ({ service, method, roles }) => {
    const title = `${service}.${method}`;
    return missing(service, title, table.get(service), table.get(title), roles);
  };
}

function checked(option: string, value: Requirement): CapabilityRequirement | undefined {
  try {
    return requirementOf(value, option);
  } catch (error) {
    throw refusedOption(option, error as ContractError);
  }
}

function missing(
  service: string,
  title: string,
  ofService: CapabilityRequirement | undefined,
  ofMethod: CapabilityRequirement | undefined,
  roles: ReadonlySet<string>,
): RpcError | undefined {
  const place = `method '${title}'`;
  if (ofService !== undefined && !holds(ofService, roles)) {
    return refusal(place, `service '${service}'`, title, ofService, roles);
  }
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
  const lacked = kind === "any_of" ? wanted : wanted.filter((role) => !roles.has(role));
  const names = lacked.map((role) => JSON.stringify(role)).join(", ");
  const needed = kind === "any_of" && lacked.length > 1 ? `one of ${names}` : names;
  return new RpcError(
    StatusCode.PERMISSION_DENIED,
    `capability check failed for ${place}: ${subject} requires the capability ${needed}; ` +
      "ask the operator for a credential that has it",
    { details: { reason: RpcReason.ADMISSION_CAPABILITY, method, missing: lacked.join(",") } },
  );
}
