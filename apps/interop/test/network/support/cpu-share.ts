import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The unit of /proc/PID/stat, which is the same on every Linux. */
const TICKS_PER_SECOND = 100;

/** Measures the share of one core that a process uses. */
export async function cpuShare(pid: number, overMs: number): Promise<number> {
  const [ticks, at] = [ticksOf(pid), performance.now()];
  await sleep(overMs);
  return ((ticksOf(pid) - ticks) / TICKS_PER_SECOND / (performance.now() - at)) * 1000;
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // the name of the program, in parentheses, can contain spaces
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
