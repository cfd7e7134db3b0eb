import { checkNonNegative, checkRange, optionError } from "../option-check.ts";

/** The way of a frame: requests go `toServer`, responses `toClient`. */
export type FaultDirection = "toServer" | "toClient";

/**
 * What becomes of a frame.
 *
 * - `"drop"`: neither it nor anything after it in its direction arrives, the end included, as when the network is gone: a
 *   stream is reliable and has no holes. Nobody is told; only a deadline or a reset ends such a call
 * - `"reset"`: the stream is reset instead, for both sides
 * - `"close"`: the connection is closed instead, for both sides
 * - `"truncate"`: the second half of its payload is missing, as of a broken peer
 * - `"duplicate"`: it arrives twice, as of a broken peer
 * - `{ delayMs }`: it arrives later, and so does what comes after it on its stream
 */
export type FaultAction =
  | "drop"
  | "reset"
  | "close"
  | "truncate"
  | "duplicate"
  | { readonly delayMs: number };

/** One line of a script: which frames, and what becomes of them. */
export interface Fault {
  readonly do: FaultAction;
  readonly direction: FaultDirection;
  /**
   * Which frames, counted from 0 in their direction. To the server, 0 is the header of the call and 1 its first message; to the
   * client, 0 is the first message, and the last is the status. Default: every frame.
   */
  readonly at?: number | readonly number[];
  /** What `at` counts the frames of, and what `"drop"` cuts. Default `"stream"`. */
  readonly of?: "stream" | "connection";
  /** Only of this stream of a connection, counted from 0 in the order of opening. Default: of every stream. */
  readonly stream?: number;
  /** How likely it is, from 0 to 1, for frames that are meant. Default 1. */
  readonly chance?: number;
  /** How often it happens at most. Default: as often as it can. */
  readonly times?: number;
}

/** A fault that has happened. */
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
