import { getHeapStatistics } from "node:v8";
import { checkNonNegative, checkRange, unknownOption, withoutUndefined } from "./option-check.ts";

/**
 * Bounds on what a server or client accepts from its peer. A bound is per call unless its comment
 * says otherwise.
 *
 * Counts and sizes of 0 accept nothing of their kind; `maxQueuedItems` and `maxQueuedBytes` of 0
 * buffer one message. Times of 0 are over at once. `Infinity` turns off every bound but
 * `maxMessageBytes`, and so do times of more than 24 days in `headerTimeoutMs` and
 * `sessionIdleMs`.
 */
export interface RpcLimits {
  /**
   * Bytes of one message, before and after decompression. At most 16 MiB, because a frame carries
   * no more.
   */
  readonly maxMessageBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxMetadataEntries: number;
  /** All keys and values together, as UTF-8. */
  readonly maxMetadataBytes: number;
  readonly maxMetadataKeyChars: number;
  readonly maxMetadataValueChars: number;
  /** Characters of a service or method name. */
  readonly maxNameChars: number;
  /**
   * Bytes of a received status; a longer one is refused. Details of a sent status get at most half
   * of it.
   */
  readonly maxStatusBytes: number;
  /** Characters of a status message; a longer one is cut before it is sent. */
  readonly maxStatusMessageChars: number;
  /** Entries of the status details; further ones are not sent. */
  readonly maxStatusDetails: number;
  readonly maxClientStreamItems: number;
  /** Decoded messages that wait for their reader. At the bound the channel is paused. */
  readonly maxQueuedItems: number;
  /** Payload bytes of messages that wait for their reader. At the bound the channel is paused. */
  readonly maxQueuedBytes: number;
  /**
   * Per peer, over all its connections: bytes of decoded requests and of requests that wait for
   * their turn. Above it streams are paused, and other calls refused. A peer that holds nothing may
   * send one larger message. As many bytes of answers may wait for the peer to read them; further
   * answers then wait in their calls.
   */
  readonly maxHeldBytesPerPeer: number;
  /**
   * Per server: the same bytes of all peers together. While several peers hold bytes, a quarter is
   * for peers that hold none. Default: a quarter of the heap limit of the process.
   */
  readonly maxHeldBytes: number;
  /** Per connection. A call counts from its request until its handler has returned. */
  readonly maxCallsPerConnection: number;
  /** Per peer, over all its connections. Peers in the same process have no such limit. */
  readonly maxCallsPerPeer: number;
  /**
   * Per server. While several peers run calls, a quarter of the places is for peers that run none.
   */
  readonly maxCalls: number;
  readonly maxSessionsPerConnection: number;
  /**
   * A session without a call is closed after this time, or up to a quarter later. `Infinity`:
   * never.
   */
  readonly sessionIdleMs: number;
  /**
   * Calls that a peer may cancel within {@link RpcLimits.resetWindowMs}, or send in vain: malformed
   * ones, and those that are unknown or expired on arrival. One more closes its connection.
   */
  readonly maxResets: number;
  readonly resetWindowMs: number;
  /**
   * From the opening of a channel to its header. A sweep checks it, so it may take a quarter
   * longer.
   */
  readonly headerTimeoutMs: number;
  /** For the handler of a unary or client-stream call without a deadline. */
  readonly handlerTimeoutMs: number;
  /**
   * A call whose answer the caller does not read is reset when nothing of it has left for this
   * time, or up to a quarter longer.
   */
  readonly unreadTimeoutMs: number;
  /**
   * The difference of clocks that is tolerated before the deadline of a call counts as expired on
   * arrival.
   */
  readonly deadlineSkewMs: number;
}

/** The limits to change. The others, and those that are `undefined`, keep their defaults. */
export type RpcLimitOptions = { readonly [K in keyof RpcLimits]?: RpcLimits[K] | undefined };

const MIB = 1024 * 1024;
const MOST_MESSAGE_BYTES = 16 * MIB;

/** The limits of a server or client that sets none. */
export const defaultLimits: RpcLimits = Object.freeze({
  maxMessageBytes: 4 * MIB,
  maxHeaderBytes: 16 * 1024,
  maxMetadataEntries: 64,
  maxMetadataBytes: 8192,
  maxMetadataKeyChars: 256,
  maxMetadataValueChars: 4096,
  maxNameChars: 256,
  maxStatusBytes: 64 * 1024,
  maxStatusMessageChars: 4096,
  maxStatusDetails: 32,
  maxClientStreamItems: 100_000,
  maxQueuedItems: 1024,
  maxQueuedBytes: 256 * 1024,
  maxHeldBytesPerPeer: 64 * MIB,
  maxHeldBytes: Math.floor(getHeapStatistics().heap_size_limit / 4),
  maxCallsPerConnection: 1280,
  maxCallsPerPeer: 256,
  maxCalls: 4096,
  maxSessionsPerConnection: 1024,
  sessionIdleMs: 1_800_000,
  maxResets: 1000,
  resetWindowMs: 10_000,
  headerTimeoutMs: 10_000,
  handlerTimeoutMs: 300_000,
  unreadTimeoutMs: 30_000,
  deadlineSkewMs: 1000,
});

/**
 * Adds the defaults to `overrides`. Throws INVALID_ARGUMENT for unknown names and values out of
 * range.
 */
export function limitsWith(overrides: RpcLimitOptions = {}): RpcLimits {
  const given = withoutUndefined(overrides);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      throw unknownOption(`limits.${name}`, Object.keys(defaultLimits));
    }
    checkNonNegative(`limits.${name}`, value);
  }
  const limits = Object.freeze({ ...defaultLimits, ...given });
  checkRange("limits.maxMessageBytes", limits.maxMessageBytes, 0, MOST_MESSAGE_BYTES);
  return limits;
}
