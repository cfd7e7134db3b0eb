import { RpcError, type SessionHandlers, StatusCode } from "@aster/rpc";
import type { Counter } from "./counter.ts";

/** How a session of {@link Counter} ended. */
export interface ClosedCounter {
  readonly peer: string;
  readonly total: number;
}

/** Makes what serves one session of {@link Counter}. `onClose` hears of the end of each, once. */
export function counterSession(
  peer: string,
  onClose: (session: ClosedCounter) => void,
): SessionHandlers<typeof Counter> {
  const totals: number[] = [];
  const current = () => ({ total: totals.at(-1) ?? 0, peer });
  const add = (n: number) => {
    totals.push(current().total + n);
  };
  return {
    add({ n }) {
      add(n);
      return current();
    },

    total: current,

    async *history() {
      for (const total of [...totals]) yield { total, peer };
    },

    async add_all(requests) {
      for await (const { n } of requests) add(n);
      return current();
    },

    boom() {
      throw new RpcError(StatusCode.ABORTED, "boom");
    },

    onSessionClose() {
      onClose(current());
    },
  };
}
