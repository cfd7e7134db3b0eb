import { setTimeout as sleep } from "node:timers/promises";
import { RpcError, StatusCode } from "@aster/rpc";
import type { SessionHandlers } from "@aster/rpc/server";
import { conformanceHandlers } from "./call-handlers.ts";
import type { ConformanceSession } from "./definitions.ts";
import type { Observer } from "./observer.ts";

/** Counts closed sessions by the tag of their last `count`. */
export class SessionLog {
  readonly #closes = new Map<string, number>();

  closed(tag: string): void {
    this.#closes.set(tag, this.closesOf(tag) + 1);
  }

  closesOf(tag: string): number {
    return this.#closes.get(tag) ?? 0;
  }
}

/** Returns the handlers of one session of {@link ConformanceSession}. */
export function conformanceSession(
  peer: string,
  observer: Observer,
  log: SessionLog,
): SessionHandlers<typeof ConformanceSession> {
  const state = { tag: "", calls: 0, bytes: 0, running: false };
  return {
    ...conformanceHandlers(observer),

    async count({ tag, payload, delayMs }) {
      if (state.running) throw new RpcError(StatusCode.INTERNAL, "two calls at a time");
      state.running = true;
      state.tag = tag;
      state.calls += 1;
      state.bytes += payload.length;
      if (delayMs > 0) await sleep(delayMs);
      state.running = false;
      const seen = { metadata: [], remainingMs: -1, roles: [] };
      return { payload: new Uint8Array(), items: state.calls, bytes: state.bytes, peer, ...seen };
    },

    onSessionClose() {
      log.closed(state.tag);
    },
  };
}
