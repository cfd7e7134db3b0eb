import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { now } from "../time/clock.ts";
import { gauge, type MetricFamily } from "./metric-family.ts";

type DelayHistogram = ReturnType<typeof monitorEventLoopDelay>;

/** The interval of the timer whose delay is measured. */
const RESOLUTION_MS = 20;
/** The delays are those of at least this time, whatever the number of scrapers. */
const WINDOW_MS = 10_000;
const MS_PER_S = 1_000;
const NS_PER_S = 1_000_000_000;

/**
 * Measures the delay of the event loop, from the first `collect` until `stop`. The values of a
 * collection cover the time since the measurement was last restarted: by the first collection that
 * comes 10 s or more after the restart before.
 */
export class EventLoop {
  #delays: DelayHistogram | undefined;
  #since = 0;

  collect(): MetricFamily[] {
    this.#delays ??= this.#start();
    const delays = this.#delays;
    const families = [
      delay("mean", "Mean", delays, delays.mean),
      delay("p50", "50th percentile of the", delays, delays.percentile(50)),
      delay("p99", "99th percentile of the", delays, delays.percentile(99)),
      delay("max", "Highest", delays, delays.max),
      timeOfLoop(),
    ];
    if (now() - this.#since >= WINDOW_MS) this.#restart(delays);
    return families;
  }

  /** Ends the measurement. A later `collect` starts another one. */
  stop(): void {
    this.#delays?.disable();
    this.#delays = undefined;
  }

  #start(): DelayHistogram {
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delays.enable();
    this.#since = now();
    return delays;
  }

  #restart(delays: DelayHistogram): void {
    delays.reset();
    this.#since = now();
  }
}

/** One figure of the delays; without a sample until the timer has fired. */
function delay(figure: string, help: string, { count }: DelayHistogram, ns: number): MetricFamily {
  // the intervals contain the time of the timer itself
  const delayS = Math.max(ns / NS_PER_S - RESOLUTION_MS / MS_PER_S, 0);
  return gauge(
    `nodejs_eventloop_delay_${figure}_seconds`,
    `${help} delay of the event loop in the last seconds`,
    count === 0 ? undefined : delayS,
  );
}

function timeOfLoop(): MetricFamily {
  const { active, idle } = performance.eventLoopUtilization();
  return {
    name: "nodejs_eventloop_time_seconds_total",
    type: "counter",
    help: "Time that the event loop was active or idle",
    samples: [
      { labels: { state: "active" }, value: active / MS_PER_S },
      { labels: { state: "idle" }, value: idle / MS_PER_S },
    ],
  };
}
