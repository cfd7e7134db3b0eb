import { type ChannelSink, type Connection, ResetCode } from "@aster/transport";
import type { DialedPeer } from "../peer/dial.ts";
import { clearTimer, isTimeExact, now, setTimer, type Timer } from "../time/clock.ts";
import { Silence } from "./silence.ts";

/**
 * The interval of checks while something is sent: short against the 2 s of silence that make a peer
 * suspicious.
 */
const CHECK_MS = 250;
/** The interval while nothing is unanswered: streams may be open for days. */
const CALM_CHECK_MS = 1000;
/** The monitor stops after this many checks without a call, and starts with the next call. */
const IDLE_CHECKS = 4;
/**
 * Probes whose silence ends a connection: packets get lost, five in a row do not on a connection
 * that works.
 */
const PROBES = 5;
/** The interval of probes, or one round trip if that is longer. */
const PROBE_MS = 250;
/** The pause after a dial that failed, so that a peer that is gone is not dialed all the time. */
const PAUSE_MS = 4000;

export interface LivenessMonitorOptions {
  /** Dials the same peer again. */
  readonly dial: (signal: AbortSignal) => Promise<DialedPeer>;
  /** Called when the peer answers on this new connection, and no longer on the monitored one. */
  readonly replace: (dialed: DialedPeer) => void;
}

/**
 * Checks, while there are calls, that the peer still answers on one connection.
 *
 * A peer that was restarted does not know its old connections and sends nothing on them; without
 * this monitor the client would notice only at the idle timeout. When a peer is silent, the monitor
 * dials it beside the old connection. If the dial succeeds and the old connection does not answer
 * probes either, the new connection replaces it. A peer that is only slow, or was cut off for a
 * while, answers the probes and keeps its connection.
 */
export class LivenessMonitor {
  readonly #connection: Connection;
  readonly #options: LivenessMonitorOptions;
  readonly #silence = new Silence();
  #timer: Timer | undefined;
  #calm = false;
  #idleChecks = 0;
  #dialing: AbortController | undefined;
  #notBefore = 0;
  #over = false;

  constructor(connection: Connection, options: LivenessMonitorOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** A call has begun. */
  watch(): void {
    // the speed of a peer cannot be measured in the time of a fake clock
    if ((this.#timer !== undefined && !this.#calm) || this.#over || isTimeExact()) return;
    clearTimer(this.#timer);
    this.#idleChecks = 0;
    this.#silence.read(this.#connection.stats(), now());
    this.#checkIn(CHECK_MS);
  }

  close(): void {
    this.#over = true;
    this.#stop();
  }

  #stop(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#dialing?.abort();
  }

  #checkIn(ms: number): void {
    this.#calm = ms === CALM_CHECK_MS;
    this.#timer = setTimer(() => this.#check(), ms);
    this.#timer.unref();
  }

  #check(): void {
    const stats = this.#connection.stats();
    const at = now();
    const silent = this.#silence.read(stats, at);
    this.#idleChecks = stats.channels === 0 ? this.#idleChecks + 1 : 0;
    if (this.#idleChecks === IDLE_CHECKS) {
      this.#stop();
      return;
    }
    this.#checkIn(this.#silence.calm ? CALM_CHECK_MS : CHECK_MS);
    if (!silent) this.#dialing?.abort();
    else if (this.#dialing === undefined && at >= this.#notBefore) void this.#dial();
  }

  async #dial(): Promise<void> {
    const dialing = new AbortController();
    this.#dialing = dialing;
    try {
      const dialed = await this.#options.dial(dialing.signal);
      if ((await this.#answersProbes(dialing.signal)) || dialing.signal.aborted) {
        dialed.connection.close(ResetCode.NoError, "normal close");
      } else {
        this.close();
        this.#options.replace(dialed);
      }
    } catch {
      // the old connection ends at its idle timeout, unless the peer answers on it
      if (!dialing.signal.aborted) this.#notBefore = now() + PAUSE_MS;
    } finally {
      this.#dialing = undefined;
    }
  }

  /**
   * Sends probes that a living peer acknowledges at once. After an outage QUIC may have too much
   * unacknowledged data to send anything new, so silence counts only from the first packet that was
   * sent.
   */
  async #answersProbes(signal: AbortSignal): Promise<boolean> {
    const { sentBytes, receivedBytes, rttMs } = this.#connection.stats();
    let unanswered = 0;
    for (let probe = 0; unanswered < PROBES && !signal.aborted; probe += 1) {
      if (probe < PROBES) this.#probe();
      await new Promise<void>((resolve) => setTimer(resolve, Math.max(PROBE_MS, rttMs)));
      const stats = this.#connection.stats();
      if (stats.receivedBytes !== receivedBytes) return true;
      if (stats.sentBytes !== sentBytes) unanswered += 1;
    }
    return false;
  }

  #probe(): void {
    const channel = this.#connection.open(ignoring);
    channel.stop(ResetCode.NoError);
    channel.reset(ResetCode.NoError);
  }
}

const ignoring: ChannelSink = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };
