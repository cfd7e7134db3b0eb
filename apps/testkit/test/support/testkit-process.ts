import { Child } from "../../src/process/child.ts";
import { testkitCommand } from "../../src/process/testkit-command.ts";

/** The first line of `testkit serve`. */
export interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly addrB64: string;
  readonly port: number;
  readonly pid: number;
  readonly contracts: Readonly<Record<string, string>>;
}

/** A line of `testkit call`. */
export interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly Record<string, unknown>[];
  readonly message?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** Starts the testkit in its own process. */
export function testkit(...args: readonly string[]): Child {
  const [node, ...program] = testkitCommand;
  return new Child(node, [...program, ...args]);
}

/**
 * Starts `testkit serve` on a loopback port and waits until it is ready. Without other options its
 * gate is open.
 */
export async function serving(...args: readonly string[]): Promise<{ child: Child; ready: Ready }> {
  const child = testkit("serve", "--bind", "127.0.0.1:0", ...args);
  const isReady = (value: unknown): value is Ready => "ready" in (value as object);
  return { child, ready: await child.line(isReady) };
}
