import type { NativeWriter } from "../writing/native-writer.ts";
import type { Checker } from "./checker.ts";

/** Writes the values of one declared type, and checks what came from a peer. */
export interface NativeOp {
  /** Writes a value; throws `value` where it is not of the type. */
  write(w: NativeWriter, value: unknown, depth: number): void;
  /** Accepts a decoded value, or throws. Absent where there is nothing to check. */
  readonly check?: (c: Checker, value: unknown, depth: number) => void;
  /** Objects count once per form: the struct op that chooses what of an object is written, if any. */
  readonly form?: () => unknown;
}
