import type { MethodPattern } from "@aster/contract";
import type { Connection } from "@aster/transport";
import type { RpcError } from "../error.ts";
import { now } from "../time/clock.ts";
import { isCancelAnswer } from "./session-failure.ts";

const SHORTEST_PAUSE_MS = 500;

/**
 * What a client knows of the CANCEL that it sent last.
 *
 * A server answers it with CANCELLED, after whatever it said before it saw it. That may be the end of the call: then CANCELLED
 * follows. Only `aster-rpc` may leave it out, for bidi streams whose handler ends well when its input does; so there a
 * short pause is all that is left to wait for, and an answer that comes after it is known by its text.
 */
export class CancelWait {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  /** No other call may begin. */
  pending = false;
  #mayStayOut = false;
  #pausing = false;
  #mayBeBelated = false;

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** CANCEL has been sent; returns until when the answer must be there, as of `now()`. */
  begin(pattern: MethodPattern): number {
    this.pending = true;
    this.#mayStayOut = pattern === "bidi_stream";
    return now() + this.#timeoutMs;
  }

  /** A trailer has come; returns until when to wait for another one, `undefined` when it was the answer. */
  answered(error: RpcError | undefined): number | undefined {
    if (error !== undefined && isCancelAnswer(error)) {
      this.pending = false;
      this.#pausing = false;
      return undefined;
    }
    this.#pausing = this.#mayStayOut;
    const { rttMs } = this.#connection.stats();
    const waitMs = this.#pausing ? Math.max(SHORTEST_PAUSE_MS, 4 * rttMs) : this.#timeoutMs;
    return now() + waitMs;
  }

  /** The time is up; whether calls can go on all the same. */
  settle(): boolean {
    if (!this.pending || !this.#pausing) return false;
    this.pending = false;
    this.#pausing = false;
    this.#mayBeBelated = true;
    return true;
  }

  /** Whether a trailer that nobody waits for may be the answer that was given up. */
  belated(error: RpcError): boolean {
    if (!this.#mayBeBelated || !isCancelAnswer(error)) return false;
    this.#mayBeBelated = false;
    return true;
  }

  /** A later call has been answered, so nothing before it can still come. */
  inStep(): void {
    this.#mayBeBelated = false;
  }
}
