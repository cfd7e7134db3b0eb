import { StatusCode } from "@aster/rpc";

/** Every code a call can fail with: name and number. */
export const failures: readonly (readonly [string, number])[] = Object.entries(StatusCode).filter(
  ([, code]) => code !== StatusCode.OK,
);
