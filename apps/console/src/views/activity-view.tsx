import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Point, pagePoints, peerCounts, peerPoints, peerProblem } from "../state/activity.ts";
import { bridge } from "../state/bridge.ts";
import { hasMetrics } from "../state/peer.ts";
import { Chart, type Line } from "./chart.tsx";
import { durationText, rateText } from "./format.ts";

const CALLS: readonly Line[] = [
  { label: "calls/s", colour: "--accent", of: ({ callsPerSecond }) => callsPerSecond },
  { label: "failed/s", colour: "--wrong", of: ({ failedPerSecond }) => failedPerSecond },
];
const LATENCY: readonly Line[] = [
  { label: "p50 ms", colour: "--accent", of: ({ p50Ms }) => p50Ms, hasGaps: true },
  { label: "p95 ms", colour: "--warn", of: ({ p95Ms }) => p95Ms, hasGaps: true },
];
const OPEN: readonly Line[] = [{ label: "open", colour: "--good", of: ({ open }) => open }];
const REPLIES: readonly Line[] = [
  { label: "replies/s", colour: "--accent", of: ({ repliesPerSecond }) => repliesPerSecond },
];

/** Charts of the calls of this page, and of all calls of the peer. */
export function ActivityView() {
  const ofPeer = useSignal(hasMetrics.value);
  const isPeer = ofPeer.value && hasMetrics.value;
  useEffect(() => {
    bridge.send({ type: "watch", on: true });
    return () => bridge.send({ type: "watch", on: false });
  }, []);
  const points = isPeer ? peerPoints.value : pagePoints.value;
  return (
    <article>
      <div class="toolbar">
        <h1>Activity</h1>
        <div class="switch">
          <Choice
            current={!isPeer}
            choose={() => {
              ofPeer.value = false;
            }}
          >
            This page
          </Choice>
          {hasMetrics.value && (
            <Choice
              current={isPeer}
              choose={() => {
                ofPeer.value = true;
              }}
            >
              The peer
            </Choice>
          )}
        </div>
      </div>
      {!hasMetrics.value && (
        <p class="hint">
          Start the console with <code>--metrics URL</code> of the peer's health endpoint to see all
          of its traffic.
        </p>
      )}
      {isPeer && peerProblem.value !== "" && <p class="wrong">{peerProblem.value}</p>}
      <Figures points={points} isPeer={isPeer} />
      <div class="charts">
        <Chart title="Calls" points={points} lines={CALLS} />
        <Chart title="Latency" points={points} lines={LATENCY} />
        <Chart title={isPeer ? "Open streams" : "Open calls"} points={points} lines={OPEN} />
        {!isPeer && <Chart title="Replies" points={points} lines={REPLIES} />}
      </div>
    </article>
  );
}

function Choice({
  current,
  choose,
  children,
}: {
  current: boolean;
  choose: () => void;
  children: preact.ComponentChildren;
}) {
  return (
    <button type="button" class="small" aria-pressed={current} onClick={choose}>
      {children}
    </button>
  );
}

function Figures({ points, isPeer }: { points: readonly Point[]; isPeer: boolean }) {
  const last = points.at(-1);
  const timed = points.findLast(({ p50Ms }) => p50Ms !== undefined);
  const { value: counts } = peerCounts;
  const rows: [string, string][] = [
    ["calls/s", rateText(last?.callsPerSecond ?? 0)],
    ["p50", timed?.p50Ms === undefined ? "–" : durationText(timed.p50Ms)],
    ["p95", timed?.p95Ms === undefined ? "–" : durationText(timed.p95Ms)],
    ["open", String(last?.open ?? 0)],
  ];
  if (isPeer && counts !== undefined) {
    rows.push(
      ["in flight", String(counts.inFlight)],
      ["sessions", String(counts.sessions)],
      ["connections", String(counts.connections)],
      ["total", String(counts.started)],
    );
  }
  return (
    <dl class="figures">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
