import { setTimeout as sleep } from "node:timers/promises";
import { checkObservation, checkOutcome } from "../check/check-outcome.ts";
import { Findings } from "../check/findings.ts";
import { runRawClientRow } from "../raw/raw-client.ts";
import type { RawServer } from "../raw/raw-server.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { Row } from "../row-kinds/row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import { tagOf } from "../service/observer.ts";
import type { Harness } from "../targets/harness.ts";
import type { Target } from "../targets/target.ts";
import type { Result } from "./result.ts";
import { runScenario } from "./scenario.ts";
import { checkSession, runSessionRow } from "./session.ts";

export interface RunOptions {
  /** Repeats rows as often as they say. Otherwise a few times. */
  readonly full: boolean;
  /** The longest time for a row. Default: long enough for all rows. */
  readonly timeoutMs?: number;
}

const ROW_MS = 30_000;
/** A thousand large calls on a busy machine. */
const REPEATED_ROW_MS = 300_000;
/** Handlers end shortly after the caller; a busy machine needs longer. */
const HANDLER_END_MS = 2_000;

export function isRepeated(row: Row): boolean {
  return row.kind === "call" && row.repeat !== undefined;
}

/**
 * Runs rows on one target. Rows with equal setups share a client and a server; `close` ends all
 * that the rows used.
 */
export class RowRunner {
  readonly #target: Target;
  readonly #options: RunOptions;
  readonly #harnesses = new Map<string, Promise<Harness>>();
  #rawServer: Promise<RawServer> | undefined;
  #calls = 0;

  constructor(target: Target, options: RunOptions) {
    this.#target = target;
    this.#options = options;
  }

  async run(row: Row): Promise<Result> {
    const started = performance.now();
    const usualMs = isRepeated(row) ? REPEATED_ROW_MS : ROW_MS;
    const limitMs = this.#options.timeoutMs ?? usualMs;
    const ended = new AbortController();
    const wrong = await Promise.race([
      this.#wrongOf(row).catch((error: unknown) => [`the row cannot be run: ${String(error)}`]),
      sleep(limitMs, [`no end after ${limitMs} ms`], { signal: ended.signal }).catch(() => []),
    ]);
    ended.abort();
    return { target: this.#target.name, row, wrong, ms: performance.now() - started };
  }

  async close(): Promise<void> {
    // a harness that could not be made has failed its rows already
    for (const harness of await Promise.allSettled(this.#harnesses.values())) {
      if (harness.status === "fulfilled") await harness.value[Symbol.asyncDispose]();
    }
    await (await this.#rawServer)?.[Symbol.asyncDispose]();
    await this.#target.close?.();
  }

  async #wrongOf(row: Row): Promise<readonly string[]> {
    const { mode, testbed } = this.#target;
    switch (row.kind) {
      case "rawServer": {
        this.#rawServer ??= this.#target.rawServer?.();
        const server = await this.#rawServer;
        if (server === undefined) return ["the target has no raw server"];
        return checkOutcome(await server.answer(row, mode), row.expect, "");
      }
      case "scenario": {
        await using scenario = await this.#target.scenarioClient?.(row);
        if (scenario === undefined) return ["the target hosts no scenarios"];
        const findings = new Findings();
        await runScenario(row, scenario.client, mode, findings);
        return findings.lines;
      }
      case "script": {
        if (testbed === undefined) return ["the target has no testbed"];
        const findings = new Findings();
        await row.run(testbed, findings);
        return findings.lines;
      }
      case "session":
        return await runSessionRow(row, await this.#harness(row.setup));
      case "rawClient": {
        const { raw } = await this.#harness(row.setup);
        if (raw === undefined) return ["the target has no raw client"];
        return await runRawClientRow(row, raw, mode);
      }
      case "call": {
        const harness = await this.#harness(row.setup);
        return row.repeat === undefined
          ? await this.#call(row, harness)
          : await this.#repeat(row, row.repeat, harness);
      }
    }
  }

  #harness(setup: Setup = {}): Promise<Harness> {
    const key = JSON.stringify(setup);
    let harness = this.#harnesses.get(key);
    if (harness === undefined) {
      harness = this.#target.harness(setup);
      this.#harnesses.set(key, harness);
    }
    return harness;
  }

  async #repeat(
    row: CallRow,
    { times, quick, at, fresh = false }: NonNullable<CallRow["repeat"]>,
    harness: Harness,
  ): Promise<readonly string[]> {
    const count = this.#options.full ? times : quick;
    const once = async () => {
      if (!fresh) return await this.#call(row, harness);
      await using own = await harness.fresh?.();
      if (own === undefined) return ["the target has no fresh clients"];
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

  async #call(row: CallRow, harness: Harness): Promise<string[]> {
    this.#calls += 1;
    const own = tagOf(this.#calls);
    const tag = row.method.startsWith("empty") ? "" : own;
    const outcome = await harness.call(row, tag, own);
    const wrong = checkOutcome(outcome, row.expect, harness.clientId);
    if (row.session !== undefined) wrong.push(...(await checkSession(row, outcome, own, harness)));
    if (harness.observer === undefined || tag === "") return wrong;
    const seen = harness.observer.of(tag);
    const { server = {} } = row.expect;
    const over = () =>
      (seen.calls === 0 || seen.ended) && (server.aborted !== true || seen.aborted);
    const until = performance.now() + HANDLER_END_MS;
    while (!over() && performance.now() < until) await sleep(2);
    if (!over() && server.aborted !== true) wrong.push("the handler is still running");
    return [...wrong, ...checkObservation(seen, server)];
  }
}
