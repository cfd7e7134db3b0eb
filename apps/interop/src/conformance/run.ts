import { setTimeout as sleep } from "node:timers/promises";
import { Findings } from "./findings.ts";
import { judge, judgeServer } from "./judge.ts";
import { say } from "./raw-client.ts";
import type { RawServer } from "./raw-server.ts";
import type { Rig } from "./rig.ts";
import { type CallRow, type Row, type Setup, titleOf } from "./row.ts";
import { enact } from "./scenario-row.ts";
import { judgeSession, playSession } from "./session-play.ts";
import type { Target } from "./target.ts";

export interface Result {
  readonly target: string;
  readonly row: Row;
  /** What was wrong, one line each. */
  readonly wrong: readonly string[];
  readonly ms: number;
}

export interface RunOptions {
  /** As often as the rows say, not only a few times. */
  readonly full: boolean;
  /** How long a row may take. Default: long enough for all of them. */
  readonly patienceMs?: number;
}

const AT_ONCE = 16;
const ROW_MS = 30_000;
const REPEATED_ROW_MS = 300_000;
const NOTICE_MS = 2_000;

/** Runs every row that the target takes; results in the order of the rows. */
export async function runTarget(
  target: Target,
  rows: readonly Row[],
  options: RunOptions,
): Promise<Result[]> {
  const bench = new Bench(target, options);
  try {
    const taken = rows.filter((row) => target.takes(row));
    const results = new Map<Row, Result>();
    const light = taken.filter((row) => !isRepeated(row));
    const worker = async (queue: Row[]) => {
      for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
        results.set(row, await bench.run(row));
      }
    };
    const queue = [...light];
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(queue)));
    await worker(taken.filter(isRepeated));
    return taken.map((row) => results.get(row) as Result);
  } finally {
    await bench.close();
  }
}

function isRepeated(row: Row): boolean {
  return row.kind === "call" && row.repeat !== undefined;
}

/** What the rows of one target share. */
class Bench {
  readonly #target: Target;
  readonly #options: RunOptions;
  readonly #rigs = new Map<string, Promise<Rig>>();
  #rawServer: Promise<RawServer> | undefined;
  #calls = 0;

  constructor(target: Target, options: RunOptions) {
    this.#target = target;
    this.#options = options;
  }

  async run(row: Row): Promise<Result> {
    const started = performance.now();
    const usualMs = isRepeated(row) ? REPEATED_ROW_MS : ROW_MS;
    const limitMs = this.#options.patienceMs ?? usualMs;
    const hung = new AbortController();
    const wrong = await Promise.race([
      this.#wrongOf(row).catch((error: unknown) => [`the row cannot be run: ${String(error)}`]),
      sleep(limitMs, [`no end after ${limitMs} ms`], { signal: hung.signal }).catch(() => []),
    ]);
    hung.abort();
    return { target: this.#target.name, row, wrong, ms: performance.now() - started };
  }

  async close(): Promise<void> {
    // one that could not be made has failed its rows already
    for (const rig of await Promise.allSettled(this.#rigs.values())) {
      if (rig.status === "fulfilled") await rig.value[Symbol.asyncDispose]();
    }
    await (await this.#rawServer)?.[Symbol.asyncDispose]();
    await this.#target.close?.();
  }

  async #wrongOf(row: Row): Promise<readonly string[]> {
    if (row.kind === "rawServer") {
      this.#rawServer ??= this.#target.rawServer?.();
      const server = await this.#rawServer;
      if (server === undefined) return ["the target has no raw server"];
      return judge(await server.answer(row, this.#target.mode), row.expect, "");
    }
    if (row.kind === "scenario") {
      const visit = await this.#target.visit?.(row);
      if (visit === undefined) return ["the target hosts no scenarios"];
      await using _ = visit;
      const findings = new Findings();
      await enact(row, visit.client, this.#target.mode, findings);
      return findings.lines;
    }
    if (row.kind === "scene") {
      if (this.#target.stage === undefined) return ["the target has no stage"];
      const findings = new Findings();
      await row.play(this.#target.stage, findings);
      return findings.lines;
    }
    const rig = await this.#rig(row.setup ?? {});
    if (row.kind === "session") return await playSession(row, rig);
    if (row.kind === "rawClient") {
      return rig.raw === undefined
        ? ["the target has no raw client"]
        : await say(row, rig.raw, this.#target.mode);
    }
    return row.repeat === undefined ? await this.#call(row, rig) : await this.#repeat(row, rig);
  }

  #rig(setup: Setup): Promise<Rig> {
    const key = JSON.stringify(setup);
    let rig = this.#rigs.get(key);
    if (rig === undefined) {
      rig = this.#target.rig(setup);
      this.#rigs.set(key, rig);
    }
    return rig;
  }

  async #repeat(row: CallRow, rig: Rig): Promise<readonly string[]> {
    const { times, quick, at, fresh = false } = row.repeat as NonNullable<CallRow["repeat"]>;
    const count = this.#options.full ? times : quick;
    const once = async () => {
      if (!fresh) return await this.#call(row, rig);
      const own = await rig.fresh?.();
      if (own === undefined) return ["the target has no fresh clients"];
      await using _ = own;
      return await this.#call(row, own);
    };
    if (at === "once") {
      const all = await Promise.all(Array.from({ length: count }, once));
      return all.find((wrong) => wrong.length > 0) ?? [];
    }
    for (let n = 0; n < count; n += 1) {
      const wrong = await once();
      if (wrong.length > 0) return [`time ${n + 1} of ${count}:`, ...wrong];
    }
    return [];
  }

  async #call(row: CallRow, rig: Rig): Promise<string[]> {
    this.#calls += 1;
    const own = `${titleOf(row)} ${this.#calls}`;
    const tag = row.method.startsWith("empty") ? "" : own;
    const outcome = await rig.call(row, tag, own);
    const wrong = judge(outcome, row.expect, rig.clientId);
    if (row.session !== undefined) wrong.push(...(await judgeSession(row, outcome, own, rig)));
    if (rig.observer === undefined || tag === "") return wrong;
    const seen = rig.observer.of(tag);
    const { server = {} } = row.expect;
    const over = () =>
      (seen.calls === 0 || seen.ended) && (server.aborted !== true || seen.aborted);
    const until = performance.now() + NOTICE_MS;
    while (!over() && performance.now() < until) await sleep(2);
    if (!over() && server.aborted !== true) wrong.push("the handler goes on");
    return [...wrong, ...judgeServer(seen, server)];
  }
}
