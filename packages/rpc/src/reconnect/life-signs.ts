import { type ChannelSink, type Connection, ResetCode } from "@aster/transport";
import type { Dialled } from "../peer/dial.ts";
import { clearTimer, isTimeExact, now, setTimer, type Timer } from "../time/clock.ts";
import { Silence } from "./silence.ts";

const LOOK_MS = 250;
/** While nothing is sent: streams may be open for days. */
const CALM_LOOK_MS = 1000;
/** Looks without a call after which nobody waits for the peer. */
const IDLE_LOOKS = 4;
const POKES = 5;
const POKE_MS = 250;
/** After a search that came to nothing. */
const PAUSE_MS = 4000;

export interface LifeSignsOptions {
  /** Dials the same peer anew. */
  readonly dial: (signal: AbortSignal) => Promise<Dialled>;
  /** The peer answers on this connection, and no more on the one that is watched. */
  readonly replace: (dialled: Dialled) => void;
}

/**
 * Watches, while there are calls, whether the peer still answers. A peer that was started anew knows nothing of its old
 * connections and does not say so: without this its silence would be noticed at the idle timeout. So a silent peer is dialled
 * beside, and a connection that stays silent while a new one works is given up. One that is only slow, or cut off for a
 * while, is not: it answers when it is poked.
 */
export class LifeSigns {
  readonly #connection: Connection;
  readonly #options: LifeSignsOptions;
  readonly #silence = new Silence();
  #timer: Timer | undefined;
  #calm = false;
  #idleLooks = 0;
  #search: AbortController | undefined;
  #notBefore = 0;
  #over = false;

  constructor(connection: Connection, options: LifeSignsOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** A call has begun. */
  watch(): void {
    // how fast a peer is cannot be measured in time that a test makes up
    if ((this.#timer !== undefined && !this.#calm) || this.#over || isTimeExact()) return;
    clearTimer(this.#timer);
    this.#idleLooks = 0;
    this.#silence.read(this.#connection.stats(), now());
    this.#lookIn(LOOK_MS);
  }

  close(): void {
    this.#over = true;
    this.#stop();
  }

  #stop(): void {
    clearTimer(this.#timer);
    this.#timer = undefined;
    this.#search?.abort();
  }

  #lookIn(ms: number): void {
    this.#calm = ms === CALM_LOOK_MS;
    this.#timer = setTimer(() => this.#look(), ms);
    this.#timer.unref();
  }

  #look(): void {
    const stats = this.#connection.stats();
    const at = now();
    const silent = this.#silence.read(stats, at);
    this.#idleLooks = stats.channels === 0 ? this.#idleLooks + 1 : 0;
    if (this.#idleLooks === IDLE_LOOKS) {
      this.#stop();
      return;
    }
    this.#lookIn(this.#silence.calm ? CALM_LOOK_MS : LOOK_MS);
    if (!silent) this.#search?.abort();
    else if (this.#search === undefined && at >= this.#notBefore) void this.#seek();
  }

  async #seek(): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    try {
      const dialled = await this.#options.dial(search.signal);
      if ((await this.#answers(search.signal)) || search.signal.aborted) {
        dialled.connection.close(ResetCode.NoError, "normal close");
      } else {
        this.close();
        this.#options.replace(dialled);
      }
    } catch {
      // what becomes of the connection is up to its idle timeout
      if (!search.signal.aborted) this.#notBefore = now() + PAUSE_MS;
    } finally {
      this.#search = undefined;
    }
  }

  /**
   * Sends something that a living peer acknowledges at once, more than once, for packets get lost. After an outage QUIC may
   * have so much out that it sends nothing new for a while: only from its first packet on is silence an answer.
   */
  async #answers(signal: AbortSignal): Promise<boolean> {
    const { sentBytes, receivedBytes, rttMs } = this.#connection.stats();
    let silences = 0;
    for (let poke = 0; silences < POKES && !signal.aborted; poke += 1) {
      if (poke < POKES) this.#poke();
      await new Promise<void>((resolve) => setTimer(resolve, Math.max(POKE_MS, rttMs)));
      const stats = this.#connection.stats();
      if (stats.receivedBytes !== receivedBytes) return true;
      if (stats.sentBytes !== sentBytes) silences += 1;
    }
    return false;
  }

  #poke(): void {
    const channel = this.#connection.open(deaf);
    channel.stop(ResetCode.NoError);
    channel.reset(ResetCode.NoError);
  }
}

const deaf: ChannelSink = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };
