import { describe } from "vitest";
import { Lans } from "./lans.ts";

const missing = await Lans.missing();
if (missing !== undefined) {
  process.stderr.write(`discovery and relays are not tested between networks: ${missing}\n`);
}

/**
 * Defines tests that need {@link Lans}, one by one. Without them they are skipped; the title has
 * the reason.
 */
export function lanSuite(name: string, tests: () => void): void {
  const skip = missing !== undefined;
  const title = skip ? `${name} (not here: ${missing})` : name;
  describe(title, { skip, timeout: 180_000 }, tests);
}
