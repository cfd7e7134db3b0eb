import type { $ZodType } from "zod/v4/core";

interface Check {
  readonly _zod: {
    readonly def: { readonly check?: string };
    check(payload: unknown): unknown;
  };
}

const prepared = new WeakSet<Check>();

/**
 * Returns true if a schema has checks that are functions of the program, such as those of
 * `.refine()`. They may return promises.
 *
 * zod awaits the promises of one schema one after another. A promise that rejects before its turn
 * would end the process, so each is marked as handled here; zod still reports the first rejection.
 */
export function hasCustomChecks(schema: $ZodType): boolean {
  const checks = (schema._zod.def.checks ?? []) as unknown as readonly Check[];
  const custom = checks.filter((check) => check._zod.def.check === "custom");
  for (const check of custom) {
    if (prepared.has(check)) continue;
    prepared.add(check);
    const run = check._zod.check;
    check._zod.check = (payload) => {
      const result = run(payload);
      if (result instanceof Promise) result.catch(() => {});
      return result;
    };
  }
  return custom.length > 0;
}
