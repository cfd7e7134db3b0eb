import { checkNonNegative, checkRange, optionError } from "../option-check.ts";

/** The direction of a frame: requests go `toServer`, responses `toClient`. */
export type FaultDirection = "toServer" | "toClient";

/**
 * The fault of a frame.
 *
 * - `"drop"`: the frame and all that follows in its direction is lost, the end included, as when
 *   the network is gone: a reliable stream has no holes. Neither side is notified; only a deadline
 *   or a reset ends such a call
 * - `"reset"`: the stream is reset instead, on both sides
 * - `"close"`: the connection is closed instead, on both sides
 * - `"truncate"`: the second half of its payload is missing, as from a broken peer
 * - `"duplicate"`: it arrives twice, as from a broken peer
 * - `{ delayMs }`: it arrives later, and so does all that follows on its stream
 */
export type FaultAction =
  | "drop"
  | "reset"
  | "close"
  | "truncate"
  | "duplicate"
  | { readonly delayMs: number };

/** One line of a script: a fault and the frames that have it. */
export interface Fault {
  readonly do: FaultAction;
  readonly direction: FaultDirection;
  /**
   * The frames, counted from 0 in their direction. To the server, 0 is the header of the call and 1
   * its first message. To the client, 0 is the first message and the last is the status. Default:
   * all frames.
   */
  readonly at?: number | readonly number[] | undefined;
  /** The scope in which `at` counts frames, and which `"drop"` cuts. Default: `"stream"`. */
  readonly of?: "stream" | "connection" | undefined;
  /**
   * Only frames of this stream, counted from 0 in the order of opening. Default: of all streams.
   */
  readonly stream?: number | undefined;
  /** The probability of the fault for each of these frames, from 0 to 1. Default: 1. */
  readonly chance?: number | undefined;
  /** The highest number of faults. Default: no limit. */
  readonly times?: number | undefined;
}

/** A fault that was injected. */
export interface InjectedFault {
  readonly do: FaultAction;
  readonly direction: FaultDirection;
  /** Counted from 0 on its connection. */
  readonly stream: number;
  /** Counted from 0 on its stream. */
  readonly frame: number;
}

/** Throws INVALID_ARGUMENT for a count, chance or delay that is out of range. */
export function checkFault({
  do: action,
  at = [],
  stream = 0,
  chance = 1,
  times = 0,
}: Fault): void {
  for (const frame of [at].flat()) checkCount("at", frame);
  checkCount("stream", stream);
  checkCount("times", times);
  checkRange("chance", chance, 0, 1);
  if (typeof action === "object") checkNonNegative("do.delayMs", action.delayMs);
}

function checkCount(option: string, count: number): void {
  if (Number.isInteger(count) && count >= 0) return;
  throw optionError(option, "an integer from 0 on", count);
}
