let second = Number.NaN;
let prefix = "";

/** Formats Unix milliseconds as `Date.toISOString` does. Calls of one second share the work. */
export function isoTime(epochMs: number): string {
  const whole = Math.trunc(epochMs);
  const at = Math.floor(whole / 1000);
  if (at !== second) {
    prefix = new Date(at * 1000).toISOString().slice(0, -4);
    second = at;
  }
  return `${prefix}${String(whole - at * 1000).padStart(3, "0")}Z`;
}
