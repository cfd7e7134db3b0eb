import { ResetCode } from "@aster/transport";
import type { DialedPeer } from "../peer/dial.ts";
import { now, setTimer } from "../time/clock.ts";

/** The wait before another dial, after one that failed or a spare that was lost. */
const PAUSE_MS = 2_000;

/**
 * The connection to a second producer, which takes over when the first is lost. It is dialed in the
 * background, and again when it is lost.
 */
export class SpareProducer {
  readonly #dial: (signal: AbortSignal) => Promise<DialedPeer | undefined>;
  readonly #closing = new AbortController();
  #spare: DialedPeer | undefined;
  #dialing = false;
  #notBefore = 0;

  constructor(dial: (signal: AbortSignal) => Promise<DialedPeer | undefined>) {
    this.#dial = dial;
  }

  /** The connection, while its admission lasts. */
  get current(): DialedPeer | undefined {
    const spare = this.#spare;
    return spare !== undefined && spare.expiresAt > now() ? spare : undefined;
  }

  /** The round trip to a producer, if it is the spare. */
  rttOf(endpointId: string): number | undefined {
    const connection = this.#spare?.connection;
    return connection?.peer === endpointId ? connection.stats().rttMs || undefined : undefined;
  }

  /** Takes the spare out, if its peer is one of these. */
  take(peers?: ReadonlySet<string>): DialedPeer | undefined {
    const spare = this.#spare;
    if (spare === undefined || peers?.has(spare.connection.peer) === false) return undefined;
    const isUsable = this.current !== undefined;
    this.#spare = undefined;
    if (isUsable) return spare;
    spare.connection.close(ResetCode.NoError, "normal close");
    return undefined;
  }

  /** Dials a spare if there is none. */
  refresh(): void {
    if (this.#spare !== undefined || this.#dialing || this.#closing.signal.aborted) return;
    if (now() < this.#notBefore) return;
    this.#dialing = true;
    void this.#open().finally(() => {
      this.#dialing = false;
    });
  }

  close(): void {
    this.#closing.abort();
    this.#spare?.connection.close(ResetCode.NoError, "normal close");
    this.#spare = undefined;
  }

  async #open(): Promise<void> {
    const { signal } = this.#closing;
    const dialed = await this.#dial(signal).catch(() => undefined);
    if (dialed === undefined) {
      this.#notBefore = now() + PAUSE_MS;
      return;
    }
    const { connection } = dialed;
    if (signal.aborted) {
      connection.close(ResetCode.NoError, "normal close");
      return;
    }
    this.#spare = dialed;
    void connection.closed.then(() => {
      if (this.#spare?.connection !== connection) return;
      this.#spare = undefined;
      setTimer(() => this.refresh(), PAUSE_MS).unref();
    });
  }
}
