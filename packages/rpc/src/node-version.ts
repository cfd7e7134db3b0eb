import process from "node:process";

/** The range of `engines` in the manifests of the packages. */
export const SUPPORTED_NODE = "^22.22.2 || ^24.14.1 || >=25.8.2";

/**
 * The first releases of each line, as minor and patch, with the fix of CVE-2026-21717: before it,
 * 2 MB of JSON keys that look like numbers stop a program for half a minute. Later lines have it
 * from the start, earlier ones and those in between never.
 */
const fixedIn: ReadonlyMap<number, readonly [minor: number, patch: number]> = new Map([
  [20, [20, 2]],
  [22, [22, 2]],
  [24, [14, 1]],
  [25, [8, 2]],
]);
const LATEST_LINE = 25;

let warned = false;

/** Warns once in a program if a peer can stop the event loop through a known fault of this Node. */
export function warnOfOldNode(): void {
  const { node, bun, deno } = process.versions;
  // other runtimes name a version of Node with which they are compatible
  if (warned || bun !== undefined || deno !== undefined || !hasKnownFault(node)) return;
  warned = true;
  process.emitWarning(
    `Node ${node} has faults with which a peer can stop this server (CVE-2026-21717); use ${SUPPORTED_NODE}.`,
    { type: "AsterWarning", code: "ASTER_OLD_NODE" },
  );
}

/** Returns true for a version of Node, such as `22.15.0`, without the fix. */
export function hasKnownFault(version: string): boolean {
  const [line = 0, minor = 0, patch = 0] = version.split(".").map((part) => Number(part));
  if (line > LATEST_LINE) return false;
  const fixed = fixedIn.get(line);
  if (fixed === undefined) return true;
  return minor < fixed[0] || (minor === fixed[0] && patch < fixed[1]);
}
