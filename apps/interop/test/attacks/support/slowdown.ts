import { setTimeout as sleep } from "node:timers/promises";

const TURN_MS = 20;
const TURNS = 10;

/**
 * The ratio of the time that passes to the time that a busy thread gets on this machine now, from 1
 * to as much as a machine that is shared with others makes it. Takes about 0.25 s.
 */
export async function slowdown(): Promise<number> {
  let passedMs = 0;
  let gotMs = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    while (performance.now() - startedMs < TURN_MS);
    passedMs += performance.now() - startedMs;
    const { user, system } = process.cpuUsage(before);
    gotMs += (user + system) / 1_000;
    await sleep(5);
  }
  return Math.max(1, passedMs / Math.max(gotMs, 1));
}
