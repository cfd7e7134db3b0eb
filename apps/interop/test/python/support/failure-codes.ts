import { StatusCode } from "@aster/rpc";

/** The name and number of every code with which a call can fail. */
export const failures: readonly (readonly [string, number])[] = Object.entries(StatusCode).filter(
  ([, code]) => code !== StatusCode.OK,
);
