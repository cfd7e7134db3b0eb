import { fail } from "../failure.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** Refuses a value to encode that nests too deep: the only way in which a cyclic value ends. */
export function checkWriteDepth(w: ByteWriter, depth: number): void {
  if (depth > w.maxDepth) {
    throw fail("limit", `nested deeper than ${w.maxDepth} levels: is the value cyclic?`);
  }
}

export function checkReadDepth(r: ByteReader, depth: number): void {
  if (depth > r.maxDepth) throw fail("limit", `nested deeper than ${r.maxDepth} levels`);
}
