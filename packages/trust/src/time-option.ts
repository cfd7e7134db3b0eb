import { LONGEST_TIMER_MS } from "@aster/transport";
import { wrongOption } from "./option.ts";
import { setTimeout } from "./timers.ts";

/** Throws `AdmissionError` `"option"` unless `value` is a number above 0. */
export function checkPositive(option: string, value: number): void {
  if (typeof value === "number" && value > 0) return;
  throw wrongOption(option, "a positive number", value);
}

/** Sets a timer for a time limit. A limit of more than 24 days does not end. */
export function setLimit(action: () => void, limitMs: number): NodeJS.Timeout {
  const isEndless = limitMs > LONGEST_TIMER_MS;
  return setTimeout(isEndless ? () => {} : action, Math.min(limitMs, LONGEST_TIMER_MS));
}
