/**
 * The compression of the messages that one side of a call sends; `false` for none. A field that is
 * not set has the value of the next wider setting. JSON is never compressed, and nothing is on a
 * platform without zstd.
 */
export type CompressionSetting =
  | false
  | {
      /**
       * Messages of more bytes are compressed, where that makes them smaller. Default: 4096.
       */
      readonly thresholdBytes?: number | undefined;
      /**
       * The level of zstd, from 1 to 19. Levels above 9 take long for large messages. Default: 3.
       */
      readonly level?: number | undefined;
    };

const MOST_LEVEL = 19;

/** A part of a setting that is not valid. */
export interface CompressionFault {
  /** The path of the option, from `compression` on. */
  readonly option: string;
  /** Completes the sentence "must be". */
  readonly expected: string;
  readonly value: unknown;
}

/** Returns the first fault of a setting; `undefined` for a valid one, and for none. */
export function compressionFault(setting: unknown): CompressionFault | undefined {
  if (setting === undefined || setting === false) return undefined;
  if (typeof setting !== "object" || setting === null) {
    return { option: "compression", expected: "an object or false", value: setting };
  }
  const { thresholdBytes = 0, level = 1 } = setting as Record<string, unknown>;
  if (typeof thresholdBytes !== "number" || !(thresholdBytes >= 0)) {
    const option = "compression.thresholdBytes";
    return { option, expected: "a non-negative number", value: thresholdBytes };
  }
  if (typeof level !== "number" || !Number.isInteger(level) || level < 1 || level > MOST_LEVEL) {
    const expected = `an integer from 1 to ${MOST_LEVEL}`;
    return { option: "compression.level", expected, value: level };
  }
  return undefined;
}
