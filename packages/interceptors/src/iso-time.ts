let second = Number.NaN;
let prefix = "";
let last = Number.NaN;
let text = "";

/**
 * Formats Unix milliseconds as `Date.toISOString` does. Calls of one second share the work, and
 * those of one millisecond the text.
 */
export function isoTime(epochMs: number): string {
  const whole = Math.trunc(epochMs);
  if (whole === last) return text;
  const at = Math.floor(whole / 1000);
  if (at !== second) {
    prefix = new Date(at * 1000).toISOString().slice(0, -4);
    second = at;
  }
  text = `${prefix}${String(whole - at * 1000).padStart(3, "0")}Z`;
  last = whole;
  return text;
}
