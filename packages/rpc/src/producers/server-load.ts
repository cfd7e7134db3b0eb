import { type EventLoopUtilization, performance } from "node:perf_hooks";

/**
 * The load of a server from 0 to 1: the higher one of the time in which its event loop was busy
 * since the last reading, and of the calls that run, as a part of those that may.
 */
export class ServerLoad {
  readonly #calls: () => { readonly running: number; readonly most: number };
  #last: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(calls: () => { readonly running: number; readonly most: number }) {
    this.#calls = calls;
  }

  read(): number {
    const present = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(present, this.#last);
    this.#last = present;
    const { running, most } = this.#calls();
    const load = Math.max(utilization, running / most);
    // readers refuse values out of range, and compare two decimals at most
    return Math.round(Math.min(Math.max(load, 0), 1) * 100) / 100;
  }
}
