import type { ServiceHandlers } from "@aster/rpc";
import { createBroadcast } from "@aster/rpc";
import type { MissionControl } from "./definitions.ts";
import { rankOf } from "./log-level.ts";
import type { LogEntry } from "./messages.ts";

/** The entries that a tail may leave unread before it ends with RESOURCE_EXHAUSTED. */
const TAIL_ENTRIES = 10_000;

/** The calls of MissionControl that run. */
export interface MissionActivity {
  readonly tails: number;
  readonly ingesting: number;
}

/** The handlers of MissionControl. All callers share one log. */
export class MissionControlHandlers implements ServiceHandlers<typeof MissionControl> {
  readonly #log = createBroadcast<LogEntry>({ capacity: TAIL_ENTRIES });
  #tails = 0;
  #ingesting = 0;

  get activity(): MissionActivity {
    return { tails: this.#tails, ingesting: this.#ingesting };
  }

  getStatus({ agent_id }: { readonly agent_id: string }) {
    return { agent_id, status: "running", uptime_secs: 3600 };
  }

  submitLog(entry: LogEntry) {
    rankOf(entry.level);
    void this.#log.publish(entry);
    return { accepted: true };
  }

  /** Sends the entries that are submitted from now on, each of them to every tail. */
  async *tailLogs({ agent_id, level }: { readonly agent_id: string; readonly level: string }) {
    const least = rankOf(level);
    await using entries = this.#log.subscribe();
    this.#tails += 1;
    try {
      for await (const entry of entries) {
        if (rankOf(entry.level) < least) continue;
        if (agent_id === "" || agent_id === entry.agent_id) yield entry;
      }
    } finally {
      this.#tails -= 1;
    }
  }

  /** Counts the points; those without a name are dropped. */
  async ingestMetrics(points: AsyncIterable<{ readonly name: string }>) {
    this.#ingesting += 1;
    let accepted = 0;
    let dropped = 0;
    try {
      for await (const { name } of points) {
        if (name === "") dropped += 1;
        else accepted += 1;
      }
      return { accepted, dropped };
    } finally {
      this.#ingesting -= 1;
    }
  }
}
