import { ContractError } from "./error.ts";

const LONGEST_ROLE = 256;

/** Roles that a caller must hold: one certain role, any of several, or all of several. */
export interface CapabilityRequirement {
  readonly kind: "role" | "any_of" | "all_of";
  readonly roles: readonly string[];
}

/** What `requires` accepts: a bare string is {@link role}. */
export type Requirement = string | CapabilityRequirement;

function requirement(
  kind: CapabilityRequirement["kind"],
  roles: readonly string[],
): CapabilityRequirement {
  if (roles.length === 0) {
    const call = kind === "any_of" ? "anyOf" : "allOf";
    throw new ContractError("requires", `${call}() needs at least one role; name the roles`);
  }
  const normalized = roles.map((name) => {
    if (typeof name !== "string" || name === "" || name.length > LONGEST_ROLE) {
      throw new ContractError(
        "requires",
        `a role must be a string of 1 to ${LONGEST_ROLE} characters, not ${JSON.stringify(name)}`,
      );
    }
    return name.normalize("NFC");
  });
  return Object.freeze({ kind, roles: Object.freeze(normalized) });
}

/** The caller must hold this role. */
export function role(name: string): CapabilityRequirement {
  return requirement("role", [name]);
}

/** The caller must hold one of these roles. Throws when there are none. */
export function anyOf(...roles: readonly string[]): CapabilityRequirement {
  return requirement("any_of", roles);
}

/** The caller must hold every one of these roles. Throws when there are none. */
export function allOf(...roles: readonly string[]): CapabilityRequirement {
  return requirement("all_of", roles);
}

/** Checks what a `requires` option was given; `place` begins the error text. */
export function requirementOf(value: unknown, place: string): CapabilityRequirement | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return role(value);
  const { kind, roles } = (value ?? {}) as Partial<CapabilityRequirement>;
  const known = kind === "role" || kind === "any_of" || kind === "all_of";
  if (!known || !Array.isArray(roles) || (kind === "role" && roles.length !== 1)) {
    throw new ContractError(
      "requires",
      `${place}: requires must be a role name, anyOf(…) or allOf(…)`,
    );
  }
  return requirement(kind, roles);
}
