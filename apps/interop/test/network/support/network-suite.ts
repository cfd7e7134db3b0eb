import { describe } from "vitest";
import { ShapedNetwork } from "./shaped-network.ts";

const missing = await ShapedNetwork.missing();
if (missing !== undefined) {
  process.stderr.write(`the faults of networks are not tested: ${missing}\n`);
}

export interface NetworkSuite {
  readonly timeoutMs: number;
  /** Whether tests run beside each other; those that measure do not. */
  readonly concurrent: boolean;
}

/** Tests that need a {@link ShapedNetwork}; skipped, with the reason in their name, where there is none. */
export function networkSuite(
  name: string,
  { timeoutMs, concurrent }: NetworkSuite,
  tests: () => void,
): void {
  const skip = missing !== undefined;
  const title = skip ? `${name} (not here: ${missing})` : name;
  describe(title, { concurrent, skip, timeout: timeoutMs }, tests);
}
