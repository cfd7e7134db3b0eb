import type { MethodPattern } from "@aster/contract";
import type { Connection } from "@aster/transport";
import type { RpcError } from "../error.ts";
import { now } from "../time/clock.ts";
import { isCancelAnswer } from "./session-failure.ts";

/**
 * Longer than the delay between two frames that a server sends together, also on a slow machine.
 */
const SHORTEST_PAUSE_MS = 500;

/**
 * The wait of a client for the confirmation of the CANCEL that it sent last.
 *
 * A server confirms with a CANCELLED trailer, after the frames that it sent before it read the
 * CANCEL. If these include the trailer of the call, the confirmation follows it. `aster-rpc` may
 * omit the confirmation for bidi streams whose handler ends with its input. After another trailer
 * of a bidi stream the client therefore waits for a short pause only, and recognises a confirmation
 * that comes later by its text.
 */
export class CancelWait {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  /** The confirmation is due, so no other call may begin. */
  pending = false;
  #mayBeOmitted = false;
  #pausing = false;
  #mayBeLate = false;

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** Starts the wait after CANCEL was sent. Returns its end, as of `now()`. */
  begin(pattern: MethodPattern): number {
    this.pending = true;
    this.#mayBeOmitted = pattern === "bidi_stream";
    return now() + this.#timeoutMs;
  }

  /**
   * Takes a trailer. Returns `undefined` for the confirmation, else the end of the wait for the
   * next trailer.
   */
  trailer(error: RpcError | undefined): number | undefined {
    if (error !== undefined && isCancelAnswer(error)) {
      this.pending = false;
      this.#pausing = false;
      return undefined;
    }
    this.#pausing = this.#mayBeOmitted;
    const { rttMs } = this.#connection.stats();
    const waitMs = this.#pausing ? Math.max(SHORTEST_PAUSE_MS, 4 * rttMs) : this.#timeoutMs;
    return now() + waitMs;
  }

  /**
   * Ends the wait at its time. Returns true when the session can go on without the confirmation.
   */
  settle(): boolean {
    if (!this.pending || !this.#pausing) return false;
    this.pending = false;
    this.#pausing = false;
    this.#mayBeLate = true;
    return true;
  }

  /** Returns true for a confirmation that comes after the end of the wait. */
  isLate(error: RpcError): boolean {
    if (!this.#mayBeLate || !isCancelAnswer(error)) return false;
    this.#mayBeLate = false;
    return true;
  }

  /** A later call has ended, so the confirmation cannot come any more. */
  callEnded(): void {
    this.#mayBeLate = false;
  }
}
