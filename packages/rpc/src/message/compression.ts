import { canCompress } from "@aster/codec";
import {
  type CompressionSetting,
  compressionFault,
  type ServiceDefinition,
  type ServiceMethod,
} from "@aster/contract";
import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import { optionError, withoutUndefined } from "../option-check.ts";

/** A compression setting with all its values. */
export interface Packing {
  /** Larger payloads are compressed; with the limit of a frame none is. */
  readonly plainBytes: number;
  /** The level of zstd. */
  readonly level: number;
}

/**
 * Below this, compression saves less than the time it takes: the payload fits into a few packets
 * anyway.
 */
const DEFAULT_THRESHOLD_BYTES = 4096;

/** The packing of messages that are never compressed. */
export const noPacking: Packing = { plainBytes: MAX_PAYLOAD_BYTES, level: 3 };

const defaultPacking: Packing = { plainBytes: DEFAULT_THRESHOLD_BYTES, level: 3 };

/** Throws INVALID_ARGUMENT for a setting that is not valid. */
export function checkCompression(setting: CompressionSetting | undefined): void {
  const fault = compressionFault(setting);
  if (fault !== undefined) throw optionError(fault.option, fault.expected, fault.value);
}

/**
 * Returns a setting whose missing values are those of a wider one. Throws INVALID_ARGUMENT for a
 * setting that is not valid.
 */
export function narrowed(
  setting: CompressionSetting | undefined,
  wider: CompressionSetting | undefined,
): CompressionSetting | undefined {
  if (setting === undefined) return wider;
  if (typeof setting !== "object" || typeof wider !== "object" || setting === wider) return setting;
  checkCompression(setting);
  return { ...wider, ...withoutUndefined(setting) };
}

/**
 * Returns the packing of a setting, whose missing values are those of a wider one. Throws
 * INVALID_ARGUMENT for a setting that is not valid.
 */
export function packingOf(
  setting: CompressionSetting | undefined,
  wider: Packing = defaultPacking,
): Packing {
  checkCompression(setting);
  if (setting === false || !canCompress()) return noPacking;
  if (setting === undefined) return wider;
  const usualBytes =
    wider.plainBytes === MAX_PAYLOAD_BYTES ? DEFAULT_THRESHOLD_BYTES : wider.plainBytes;
  const { thresholdBytes = usualBytes, level = wider.level } = setting;
  return { plainBytes: Math.min(thresholdBytes, MAX_PAYLOAD_BYTES), level };
}

/**
 * The packing of a method, where the client or server has the packing `wider`. With
 * `compression: false` it compresses nothing, whatever the definition says, because other programs
 * share the definition.
 */
export function packingFor(
  service: Pick<ServiceDefinition, "compression">,
  method: Pick<ServiceMethod, "compression">,
  wider: Packing,
): Packing {
  const own = packingOf(method.compression, packingOf(service.compression, wider));
  return wider === noPacking ? noPacking : own;
}
