import { asFailure } from "../failure.ts";
import type { RowSource } from "./row-source.ts";

/** Runs what reads a row; what it throws becomes an error that says where. */
export function atDoor<T>(source: RowSource, path: string, read: () => T): T {
  try {
    return read();
  } catch (reason) {
    throw asFailure(reason).toError(path, source.at);
  }
}
