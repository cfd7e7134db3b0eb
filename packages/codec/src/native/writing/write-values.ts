import type { NativeOp } from "../types/checker.ts";
import type { NativeWriter } from "./native-writer.ts";

let message = 0;

/** Where values that are alone with their numbers of objects, texts and shapes begin. */
export interface ValuesPlace {
  /** What stands before them. */
  readonly start: Uint8Array;
  readonly offset: number;
  readonly depth: number;
}

/** Writes a message, or what is one within another: again where views share memory in a way that shows only at the end. */
export function writeValues(
  w: NativeWriter,
  op: NativeOp,
  value: unknown,
  { start, offset, depth }: ValuesPlace,
): void {
  w.windows.clear();
  do {
    message = (message + 1) | 0;
    w.begin(message, offset);
    w.putBytes(start);
    op.write(w, value, depth);
  } while (w.windows.regrouped());
}
