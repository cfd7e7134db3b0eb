import { Metadata } from "@aster/rpc";
import type { CallMetadata } from "@aster/rpc/interceptor";
import { defaultLimits } from "@aster/rpc/server";
import {
  type Context,
  diag,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from "@opentelemetry/api";

/** The bounds of metadata, which the values of the propagator must not exceed. */
const { maxMetadataEntries, maxMetadataBytes, maxMetadataKeyChars, maxMetadataValueChars } =
  defaultLimits;

const setter: TextMapSetter<Map<string, string>> = {
  set: (carrier, key, value) => carrier.set(key, value),
};

const getter: TextMapGetter<CallMetadata> = {
  keys: (metadata) => [...new Set(metadata.keys())],
  get: (metadata, key) => {
    const values = metadata.getAll(key);
    return values.length > 1 ? values : values[0];
  },
};

/**
 * Returns the metadata with the values that the propagator writes for a context, such as
 * `traceparent`, in place of earlier ones. A value for which there is no room is left out, because
 * a call must not fail because of it.
 */
export function withTraceContext(
  metadata: CallMetadata,
  of: Context,
  propagator: TextMapPropagator,
): CallMetadata {
  const values = new Map<string, string>();
  try {
    propagator.inject(of, values, setter);
  } catch (error) {
    diag.warn("aster: the propagator failed to inject", error);
  }
  if (values.size === 0) return metadata;
  const pairs = [...metadata].filter(([key]) => !values.has(key));
  let bytes = pairs.reduce((sum, pair) => sum + bytesOf(pair), 0);
  for (const pair of values) {
    const fits =
      pairs.length < maxMetadataEntries &&
      pair[0].length <= maxMetadataKeyChars &&
      pair[1].length <= maxMetadataValueChars &&
      bytes + bytesOf(pair) <= maxMetadataBytes;
    if (!fits) continue;
    pairs.push(pair);
    bytes += bytesOf(pair);
  }
  return Metadata.from(pairs);
}

/** Returns `base` with the context that a caller sent; `base` alone for values that are invalid. */
export function receivedContext(
  metadata: CallMetadata,
  base: Context,
  propagator: TextMapPropagator,
): Context {
  try {
    return propagator.extract(base, metadata, getter);
  } catch (error) {
    // some propagators throw for values that they cannot decode
    diag.debug("aster: the propagator failed to extract", error);
    return base;
  }
}

function bytesOf([key, value]: readonly [string, string]): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}
