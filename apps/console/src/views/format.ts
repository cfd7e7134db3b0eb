/** The time of day with seconds. */
export const timeText = (atMs: number): string =>
  new Date(atMs).toLocaleTimeString([], { hour12: false });

/** The time of day with milliseconds. */
export const preciseTimeText = (atMs: number): string =>
  `${timeText(atMs)}.${String(atMs % 1000).padStart(3, "0")}`;

export function durationText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  if (ms < 600_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

export function rateText(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : String(Math.round(perSecond * 10) / 10);
}

export const countText = (replies: number): string =>
  replies === 1 ? "1 reply" : `${replies} replies`;
