import type { NativeNode } from "../native.ts";

const open = new Set<NativeNode>();
let listening = false;

/** Closes the node when the process exits, so that peers need not wait for their idle timeout to notice. */
export function detachAtExit(node: NativeNode): void {
  open.add(node);
  if (listening) return;
  listening = true;
  process.once("exit", () => {
    for (const each of open) each.detach();
  });
}

export function forgetAtExit(node: NativeNode): void {
  open.delete(node);
}
