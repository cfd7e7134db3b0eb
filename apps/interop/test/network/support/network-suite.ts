import { describe } from "vitest";
import { ShapedNetwork } from "./shaped-network.ts";

const missing = await ShapedNetwork.missing();
if (missing !== undefined) {
  process.stderr.write(`the faults of networks are not tested: ${missing}\n`);
}

export interface NetworkSuite {
  readonly timeoutMs: number;
  /** Runs the tests at the same time. Tests that measure run one by one. */
  readonly concurrent: boolean;
}

/**
 * Defines tests that need a {@link ShapedNetwork}. Without one they are skipped; the title has the
 * reason.
 */
export function networkSuite(
  name: string,
  { timeoutMs, concurrent }: NetworkSuite,
  tests: () => void,
): void {
  const skip = missing !== undefined;
  const title = skip ? `${name} (not here: ${missing})` : name;
  describe(title, { concurrent, skip, timeout: timeoutMs }, tests);
}
