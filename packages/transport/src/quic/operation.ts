// Operations of blobs, documents and gossip: promises of the native module, and their errors.
import type { NativeNode } from "@aster/native";
import { TransportError, type TransportErrorCode } from "../error.ts";
import type { Node } from "../node.ts";

const natives = new WeakMap<Node, NativeNode>();

/** Makes the native side of a node known to {@link nativeOf}. */
export function rememberNative(node: Node, native: NativeNode): void {
  natives.set(node, native);
}

/** Returns the native side of a node. Throws {@link TransportError} `"option"` for other nodes. */
export function nativeOf(node: Node, user: string): NativeNode {
  const native = natives.get(node);
  if (native !== undefined) return native;
  throw new TransportError("option", `${user} needs a node over QUIC; make it with createNode()`);
}

/** The codes that the native module uses. It writes `code: text`. */
const CODES: ReadonlySet<string> = new Set<TransportErrorCode>([
  "option",
  "address",
  "connect",
  "timeout",
  "closed",
  "frame",
  "limit",
  "native",
  "missing",
  "storage",
]);

/** Returns the error for a failure of the native module. */
export function failureOf(
  reason: unknown,
  otherwise: TransportErrorCode = "native",
): TransportError {
  if (reason instanceof TransportError) return reason;
  const text = reason instanceof Error ? reason.message : String(reason);
  const [, code = "", rest = ""] = /^([a-z]+): (.*)$/s.exec(text) ?? [];
  if (CODES.has(code)) return new TransportError(code as TransportErrorCode, rest);
  return new TransportError(otherwise, text, { cause: reason });
}

/** Runs an operation. Rejects with {@link TransportError}. */
export async function operate<T>(operation: () => T | Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (reason) {
    throw failureOf(reason);
  }
}
