import type { NativeNode } from "@aster/native";
import { LONGEST_TIMER_MS } from "../defaults.ts";
import { clearInterval, setInterval } from "../turns.ts";

/** Keeps the process alive while it is held at least once. */
export class KeepAlive {
  readonly #timer: NodeJS.Timeout = setInterval(() => {}, LONGEST_TIMER_MS).unref();
  #holds = 0;

  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.#timer.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

const open = new Set<NativeNode>();
let listening = false;

/**
 * Closes the node when the process exits. Without this, its peers would notice only after their
 * idle timeout.
 */
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
