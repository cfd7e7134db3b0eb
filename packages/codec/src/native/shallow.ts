import { type Failure, fail } from "../failure.ts";

/** Where the stack was the bound, because the limit of depth is greater: a limit as well. */
export function shallow(failure: Failure): Failure {
  if (failure.cause instanceof RangeError && /call stack/i.test(failure.cause.message)) {
    return fail("limit", "nested deeper than the stack allows");
  }
  return failure;
}
