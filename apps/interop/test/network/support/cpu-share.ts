import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Of /proc/PID/stat: 100 per second on every Linux there is. */
const TICKS_PER_SECOND = 100;

/** Which share of one core a process uses over so long a time. */
export async function cpuShare(pid: number, overMs: number): Promise<number> {
  const [ticks, at] = [ticksOf(pid), performance.now()];
  await sleep(overMs);
  return ((ticksOf(pid) - ticks) / TICKS_PER_SECOND / (performance.now() - at)) * 1000;
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // the name before it may contain spaces
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
