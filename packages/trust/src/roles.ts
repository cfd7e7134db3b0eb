/** The attribute that holds a peer's roles, separated by commas. */
export const ROLE_ATTRIBUTE = "aster.role";

/** The roles in a peer's attributes: split at commas, trimmed, compared exactly. */
export function rolesOf(attributes: Readonly<Record<string, string>>): ReadonlySet<string> {
  const roles = new Set<string>();
  for (const role of (attributes[ROLE_ATTRIBUTE] ?? "").split(",")) {
    const trimmed = role.trim();
    if (trimmed !== "") roles.add(trimmed);
  }
  return roles;
}
