import { pythonScript } from "@aster-apps/conformance/python";
import type { Child } from "@aster-apps/testkit/process";
import { inForm } from "../../faults/support/form.ts";

/** The number that determines the random cases. `ASTER_CODEC_SEED` repeats a run. */
export const seed = Number(process.env.ASTER_CODEC_SEED ?? Date.now() % 2 ** 32);

/**
 * Returns the number of random cases, of which `npm run test:long` makes ten times as many.
 * `ASTER_CODEC_CASES` overrides it.
 */
export function caseCount(short: number): number {
  return Number(process.env.ASTER_CODEC_CASES ?? inForm({ short, long: 10 * short }));
}

/** Starts pyfory as the reference implementation (python/fory_reference.py). */
export function startReference(python: string): Child {
  return pythonScript(python, new URL("../../../python/fory_reference.py", import.meta.url));
}

/** Sends a request to the reference implementation; returns its answer. */
export async function ask<T extends object>(reference: Child, request: object): Promise<T> {
  reference.send(request);
  return await reference.line((line): line is T => typeof line === "object");
}
