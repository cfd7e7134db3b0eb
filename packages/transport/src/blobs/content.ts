// The content of a new blob that arrives in pieces.
import type { NativeImport } from "@aster/native";
import { wrongOption } from "../option.ts";

export function isBytes(content: unknown): content is Uint8Array {
  return Object.prototype.toString.call(content) === "[object Uint8Array]";
}

export function isIterable(content: unknown): content is AsyncIterable<Uint8Array> {
  return typeof content === "object" && content !== null && Symbol.asyncIterator in content;
}

/**
 * Returns the function that gives the pieces to the store, one after the other. It stops when the
 * import has ended or the signal is aborted.
 */
export function contentFeed(
  target: NativeImport,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  return async () => {
    for await (const piece of content) {
      if (!isBytes(piece)) throw wrongOption("content", "made of Uint8Arrays", piece);
      if (signal?.aborted || !(await target.push(piece))) return;
    }
    target.finish();
  };
}
