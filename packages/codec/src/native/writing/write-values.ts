import type { NativeOp } from "../types/checker.ts";
import type { NativeWriter } from "./native-writer.ts";

let message = 0;

/** The place of values with their own numbering of objects, texts and shapes. */
export interface ValuesPlace {
  /** The bytes before the values. */
  readonly start: Uint8Array;
  readonly offset: number;
  readonly depth: number;
}

/**
 * Writes a message, or the form of an ext. It is written twice if views share memory in a way that
 * shows only at the end.
 */
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
