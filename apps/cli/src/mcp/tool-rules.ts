import { matchesGlob } from "node:path";

/** The globs of a command line. They match `Service.method`. */
export interface ToolGlobs {
  /** Empty: every method. */
  readonly allow: readonly string[];
  /** Stronger than `allow`. */
  readonly deny: readonly string[];
  readonly confirm: readonly string[];
}

/** Tells if the globs let a method be a tool. */
export function isAllowed({ allow, deny }: ToolGlobs, title: string): boolean {
  return (allow.length === 0 || matches(allow, title)) && !matches(deny, title);
}

/** Tells if the user must confirm each call of a method. */
export function needsConfirmation({ confirm }: ToolGlobs, title: string): boolean {
  return matches(confirm, title);
}

function matches(globs: readonly string[], title: string): boolean {
  return globs.some((glob) => matchesGlob(title, glob));
}
