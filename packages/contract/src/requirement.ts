import { ContractError } from "./error.ts";

/** As long as the other names of a contract. */
const LONGEST_ROLE = 256;

/** The roles that a caller must have: a single role, any of several, or all of several. */
export interface CapabilityRequirement {
  readonly kind: "role" | "any_of" | "all_of";
  readonly roles: readonly string[];
}

/** The values of `requires`. A string stands for {@link role}. */
export type Requirement = string | CapabilityRequirement;

function requirement(
  kind: CapabilityRequirement["kind"],
  roles: readonly string[],
): CapabilityRequirement {
  if (roles.length === 0) {
    const call = kind === "any_of" ? "anyOf" : "allOf";
    throw new ContractError("requires", `${call}() needs at least one role; pass the names`);
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

/** Requires one role. */
export function role(name: string): CapabilityRequirement {
  return requirement("role", [name]);
}

/** Requires at least one of the roles. Throws {@link ContractError} `requires` for none. */
export function anyOf(...roles: readonly string[]): CapabilityRequirement {
  return requirement("any_of", roles);
}

/** Requires all of the roles. Throws {@link ContractError} `requires` for none. */
export function allOf(...roles: readonly string[]): CapabilityRequirement {
  return requirement("all_of", roles);
}

/** The requirement in a `requires` option. `place` begins the error text. */
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
