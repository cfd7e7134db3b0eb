import type { CallContext } from "@aster/contract";
import type { CurrentCall } from "../context.ts";
import { invalidOption } from "../option-check.ts";

/** The members of every context. The compiler checks that the list is complete. */
const members: Readonly<Record<keyof CallContext | keyof CurrentCall, true>> = {
  service: true,
  method: true,
  peer: true,
  requestId: true,
  signal: true,
  deadlineEpochMs: true,
  deadlineAt: true,
  remainingMs: true,
  metadata: true,
  attributes: true,
  roles: true,
  credentialId: true,
  addTrailer: true,
  error: true,
};

/** Members of the objects that the server passes as contexts. */
const internal = new Set([
  ...[
    "instance",
    "trailers",
    "compression",
    "timed",
    "scope",
    "shorten",
    "addValues",
    "onEnd",
    "ended",
    "abort",
    "then",
  ],
]);

/**
 * Returns why a context value cannot have a name: every context, or every object, has such a
 * member. `undefined` for a good name.
 */
export function takenContextName(name: string): string | undefined {
  if (!Object.hasOwn(members, name) && !internal.has(name) && !(name in Object.prototype)) {
    return undefined;
  }
  return `every context has a member "${name}"; give the value another name`;
}

/** Throws INVALID_ARGUMENT for a name that a context value cannot have. */
export function checkContextName(name: string): void {
  const taken = takenContextName(name);
  if (taken !== undefined) throw invalidOption(`adds.${name}`, taken);
}
