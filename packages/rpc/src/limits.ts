/** What a server or client takes from its peer. Every bound is per call unless it says otherwise. */
export interface RpcLimits {
  /** One message, after decompression. Not above 16 MiB, which is the bound of a frame. */
  readonly maxMessageBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxMetadataEntries: number;
  /** All keys and values together, as UTF-8. */
  readonly maxMetadataBytes: number;
  readonly maxMetadataKeyChars: number;
  readonly maxMetadataValueChars: number;
  /** Service and method names. */
  readonly maxNameChars: number;
  /** A status payload that is longer is refused. */
  readonly maxStatusBytes: number;
  /** What we send is cut to this. */
  readonly maxStatusMessageChars: number;
  /** What we send is cut to this. */
  readonly maxStatusDetails: number;
  readonly maxClientStreamItems: number;
  /** Messages that are decoded and wait for their reader; the channel is paused beyond them. */
  readonly maxQueuedItems: number;
  /** Payload bytes of the messages that wait for their reader; the channel is paused beyond them. */
  readonly maxQueuedBytes: number;
  /** Per connection, counting handlers until they return. */
  readonly maxCallsPerConnection: number;
  /** Per server, counting handlers until they return. */
  readonly maxCalls: number;
  readonly maxSessionsPerConnection: number;
  /** A session without a call is closed after so long; up to a quarter longer. `Infinity` for never. */
  readonly sessionIdleMs: number;
  /** Channels the peer may reset within {@link RpcLimits.resetWindowMs} before its connection is closed. */
  readonly maxResets: number;
  readonly resetWindowMs: number;
  /** From the opening of a channel to its header; checked by a sweep, so up to half as long again. */
  readonly headerTimeoutMs: number;
  /** For a handler of a unary or client-stream call without a deadline. */
  readonly handlerTimeoutMs: number;
  /** How far the peer's clock may be ahead or behind before its deadline counts as expired. */
  readonly deadlineSkewMs: number;
}

/** The limits that hold unless a server or client is told others. */
export const defaultLimits: RpcLimits = Object.freeze({
  maxMessageBytes: 16 * 1024 * 1024,
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
  maxCallsPerConnection: 1280,
  maxCalls: 4096,
  maxSessionsPerConnection: 1024,
  sessionIdleMs: 1_800_000,
  maxResets: 1000,
  resetWindowMs: 10_000,
  headerTimeoutMs: 10_000,
  handlerTimeoutMs: 300_000,
  deadlineSkewMs: 1000,
});

/** Fills in the defaults. Throws `RangeError` for a bound that is no positive number. */
export function limitsWith(overrides: Partial<RpcLimits> = {}): RpcLimits {
  for (const [name, value] of Object.entries(overrides)) {
    if (!(name in defaultLimits)) throw new RangeError(`there is no limit "${name}"`);
    if (typeof value !== "number" || !(value >= 0)) {
      throw new RangeError(`limit ${name} must be a number that is not negative`);
    }
  }
  return Object.freeze({ ...defaultLimits, ...overrides });
}
