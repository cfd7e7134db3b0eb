import { performance } from "node:perf_hooks";
import { EventLoop } from "./event-loop.ts";
import { counter, gauge, type MetricFamily, type MetricSource } from "./metric-family.ts";

const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;

/**
 * The CPU time, memory and event loop of the process, with the names that Prometheus clients use.
 *
 * The first `collect` starts the measurement of the event loop, which takes a timer of 20 ms. The
 * caller ends it with `stop`.
 */
export class ProcessMetrics implements MetricSource {
  readonly #eventLoop = new EventLoop();

  collect(): MetricFamily[] {
    return [...processFamilies(), ...this.#eventLoop.collect()];
  }

  stop(): void {
    this.#eventLoop.stop();
  }
}

function processFamilies(): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return [
    counter(
      "process_cpu_seconds_total",
      "User and system CPU time of the process",
      (user + system) / US_PER_S,
    ),
    gauge(
      "process_start_time_seconds",
      "Start of the process in seconds since the Unix epoch",
      performance.timeOrigin / MS_PER_S,
    ),
    gauge("process_resident_memory_bytes", "Resident memory of the process", rss),
    gauge("nodejs_heap_size_used_bytes", "Used part of the JavaScript heap", heapUsed),
    gauge("nodejs_heap_size_total_bytes", "Size of the JavaScript heap", heapTotal),
    gauge("nodejs_external_memory_bytes", "Memory outside of the JavaScript heap", external),
  ];
}
