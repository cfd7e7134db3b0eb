import { RpcError, StatusCode } from "@aster/rpc";
import type { SessionHandlers } from "@aster/rpc/server";
import type { Counter } from "./counter.ts";

/** The state of a {@link Counter} session at its end. */
export interface ClosedCounter {
  readonly peer: string;
  readonly total: number;
}

/**
 * Returns the handlers of one session of {@link Counter}. `onClose` is called once, when it ends.
 */
export function counterHandlers(
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
