// The calls of this page and the metrics of the peer, as points of charts.
import { signal } from "@preact/signals";
import type { MetricsView } from "../protocol.ts";
import { bridge } from "./bridge.ts";

/** The values of one interval. */
export interface Point {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly callsPerSecond: number;
  readonly failedPerSecond: number;
  /** `undefined` if no call ended in the interval. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  /** Calls, or streams of a peer, that are open at its end. */
  readonly open: number;
  readonly repliesPerSecond: number;
}

const MOST_POINTS = 300;
const INTERVAL_MS = 1000;
const MOST_DURATIONS = 10_000;

/** The points of this page, one each second. */
export const pagePoints = signal<readonly Point[]>([]);
/** The points of the peer's metrics. */
export const peerPoints = signal<readonly Point[]>([]);
export const peerCounts = signal<MetricsView | undefined>(undefined);
/** The reason why the metrics of the peer cannot be read; empty if they can. */
export const peerProblem = signal("");

let open = 0;
let second = { started: 0, failed: 0, replies: 0, durations: [] as number[] };

export function countStart(): void {
  open += 1;
  second.started += 1;
}

export function countReply(): void {
  second.replies += 1;
}

export function countEnd(durationMs: number, isFailed: boolean): void {
  open -= 1;
  if (isFailed) second.failed += 1;
  if (second.durations.length < MOST_DURATIONS) second.durations.push(durationMs);
}

/** Adds the point of the last second. */
function tick(): void {
  const { started, failed, replies, durations } = second;
  second = { started: 0, failed: 0, replies: 0, durations: [] };
  const sorted = durations.toSorted((a, b) => a - b);
  const point: Point = {
    atMs: Date.now(),
    callsPerSecond: started,
    failedPerSecond: failed,
    p50Ms: sorted[Math.floor(sorted.length / 2)],
    p95Ms: sorted[Math.floor(sorted.length * 0.95)],
    open,
    repliesPerSecond: replies,
  };
  pagePoints.value = [...pagePoints.value.slice(1 - MOST_POINTS), point];
}

/** Begins to collect points. */
export function startActivity(): void {
  setInterval(tick, INTERVAL_MS);
}

/** The point between two readings of the peer. */
export function pointBetween(before: MetricsView, now: MetricsView): Point {
  const seconds = Math.max((now.atMs - before.atMs) / 1000, 0.001);
  const rate = (key: "started" | "failed"): number =>
    // a counter that fell belongs to a new process
    Math.max(0, now[key] - before[key]) / seconds;
  const ended = now.buckets.map(([upTo, count], at): [number, number] => [
    upTo,
    count - (before.buckets[at]?.[1] ?? 0),
  ]);
  return {
    atMs: now.atMs,
    callsPerSecond: rate("started"),
    failedPerSecond: rate("failed"),
    p50Ms: quantileMs(ended, 0.5),
    p95Ms: quantileMs(ended, 0.95),
    open: now.streams,
    repliesPerSecond: 0,
  };
}

/** The quantile of cumulative buckets, interpolated within one as Prometheus does. */
function quantileMs(
  buckets: readonly (readonly [number, number])[],
  q: number,
): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const wanted = total * q;
  const at = buckets.findIndex(([, count]) => count >= wanted);
  const [upper, count] = buckets[at] ?? [0, 0];
  const [lower, below] = buckets[at - 1] ?? [0, 0];
  // the last bucket has no upper bound
  if (at === buckets.length - 1) return lower * 1000;
  return (lower + ((upper - lower) * (wanted - below)) / Math.max(count - below, 1)) * 1000;
}

bridge.listen((message) => {
  if (message.type === "metricsFailed") peerProblem.value = message.message;
  if (message.type !== "metrics") return;
  peerProblem.value = "";
  const before = peerCounts.peek();
  peerCounts.value = message.metrics;
  if (before === undefined || message.metrics.atMs <= before.atMs) return;
  const point = pointBetween(before, message.metrics);
  peerPoints.value = [...peerPoints.value.slice(1 - MOST_POINTS), point];
});
