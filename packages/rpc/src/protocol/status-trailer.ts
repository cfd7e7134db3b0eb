import { errorOfStatus, RpcError } from "../error.ts";
import { attempt, detailTexts, messageText } from "../error-fields.ts";
import { printFailure, watchResult } from "../failure-log.ts";
import type { RpcLimits } from "../limits.ts";
import { Metadata, receivedMetadata } from "../metadata.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { detectForm, type ProtocolForm, type RpcStatus, statusCodecs } from "./structs.ts";

/** One pair that is sent with a status. */
export type TrailerPair = readonly [key: string, value: string];

// UTF-8 cannot carry these; with the flag u the pattern does not match surrogate pairs
const loneSurrogates = /[\ud800-\udfff]/gu;

const ok: RpcStatus = { code: StatusCode.OK, message: "", detailKeys: [], detailValues: [] };

const unreadable: RpcStatus = {
  code: StatusCode.INTERNAL,
  message: "the error of the call cannot be read",
  detailKeys: [],
  detailValues: [],
};

/** The trailer of a successful call without pairs, in both forms. */
export const okTrailers: Readonly<Record<ProtocolForm, Uint8Array>> = {
  fory: statusCodecs.fory.encode(ok),
  json: statusCodecs.json.encode(ok),
};

/** Encodes the trailer of a successful call, with pairs that have passed {@link checkTrailer}. */
export function encodeSuccess(pairs: readonly TrailerPair[], form: ProtocolForm): Uint8Array {
  return statusCodecs[form].encode({ ...ok, ...detailLists(pairs) });
}

/**
 * Encodes the trailer of a failed call: the details of the error, then the pairs of the handler.
 * The message is cut to its limit; a detail above a limit is left out. Never throws: an error whose
 * fields cannot be read becomes INTERNAL.
 */
export function encodeFailure(
  error: RpcError,
  form: ProtocolForm,
  limits: RpcLimits,
  pairs: readonly TrailerPair[] = [],
): Uint8Array {
  const status = attempt(() => statusOf(error, limits, pairs), unreadable);
  return statusCodecs[form].encode(status);
}

function statusOf(
  { code, rawMessage, details }: RpcError,
  limits: RpcLimits,
  pairs: readonly TrailerPair[],
): RpcStatus {
  return {
    // an error never ends a call as OK
    code: Number.isSafeInteger(code) && code !== StatusCode.OK ? code : StatusCode.UNKNOWN,
    message: cut(messageText(rawMessage), limits.maxStatusMessageChars),
    ...detailLists([...detailPairs(detailTexts(details), limits), ...pairs]),
  };
}

/** Throws RESOURCE_EXHAUSTED with the limit when a pair does not fit beside the existing ones. */
export function checkTrailer(
  key: string,
  value: string,
  others: readonly TrailerPair[] | undefined,
  limits: RpcLimits,
): void {
  const pairs = others ?? [];
  let bytes = byteLength(key, value);
  for (const pair of pairs) bytes += byteLength(...pair);
  check("maxStatusDetails", pairs.length + 1, limits);
  check("maxMetadataKeyChars", key.length, limits);
  check("maxMetadataValueChars", value.length, limits);
  check("maxMetadataBytes", bytes, limits);
}

function check(
  limit: "maxStatusDetails" | "maxMetadataKeyChars" | "maxMetadataValueChars" | "maxMetadataBytes",
  value: number,
  limits: RpcLimits,
): void {
  if (value <= limits[limit]) return;
  throw new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `the trailer exceeds ${limit}: ${value}, allowed are ${limits[limit]}; add fewer or shorter entries`,
    { details: { reason: RpcReason.LIMIT_TRAILER, limit } },
  );
}

function detailPairs(details: RpcError["details"], limits: RpcLimits): TrailerPair[] {
  const pairs: TrailerPair[] = [];
  // the other half is for the message and the handler's pairs
  let capacity = limits.maxStatusBytes / 2;
  for (const [key, text] of Object.entries(details)) {
    const value = text.replace(loneSurrogates, "\ufffd");
    const bytes = byteLength(key, value);
    const fits = key.length <= limits.maxMetadataKeyChars && bytes <= capacity;
    if (!fits || value.length > limits.maxMetadataValueChars) continue;
    if (pairs.length === limits.maxStatusDetails) break;
    pairs.push([key.replace(loneSurrogates, "\ufffd"), value]);
    capacity -= bytes;
  }
  return pairs;
}

function detailLists(
  pairs: readonly TrailerPair[],
): Pick<RpcStatus, "detailKeys" | "detailValues"> {
  return { detailKeys: pairs.map(([key]) => key), detailValues: pairs.map(([, value]) => value) };
}

function byteLength(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}

function cut(text: string, maxChars: number): string {
  const short =
    text.length <= maxChars
      ? text
      : `${text.slice(0, Math.max(0, maxChars - 3))}...`.slice(0, maxChars);
  return short.replace(loneSurrogates, "\ufffd");
}

/**
 * Decodes a trailer: the error of the call, or `undefined` for OK. An empty payload is OK too.
 *
 * Never throws by itself: a status that cannot be decoded becomes INTERNAL. `onTrailer` receives
 * the pairs of the status.
 */
export function decodeTrailer(
  payload: Uint8Array,
  limits: RpcLimits,
  onTrailer?: (trailer: Metadata) => void,
): RpcError | undefined {
  if (payload.length === 0 || isOk(payload)) {
    passTrailer(onTrailer, Metadata.empty);
    return undefined;
  }
  if (payload.length > limits.maxStatusBytes) {
    return new RpcError(
      StatusCode.INTERNAL,
      `the peer sent a status of ${payload.length} bytes, more than maxStatusBytes ${limits.maxStatusBytes}`,
    );
  }
  let status: RpcStatus;
  try {
    status = statusCodecs[detectForm(payload)].decode(payload);
  } catch (cause) {
    return new RpcError(StatusCode.INTERNAL, "the peer sent a status that cannot be read", {
      cause,
    });
  }
  if (onTrailer !== undefined) {
    passTrailer(onTrailer, receivedMetadata(status.detailKeys, status.detailValues));
  }
  if (status.code === StatusCode.OK) return undefined;
  return errorOfStatus(status.code, status.message, { details: detailsOf(status) });
}

/** Throws the exception of the callback, which ends the call. A later rejection is printed. */
function passTrailer(
  onTrailer: ((trailer: Metadata) => unknown) | undefined,
  trailer: Metadata,
): void {
  const result = onTrailer?.(trailer);
  if (result !== undefined) {
    watchResult(result, (cause) => printFailure("onTrailer failed", cause));
  }
}

/** Compares with the trailer of success, so that the usual case decodes nothing. */
function isOk(payload: Uint8Array): boolean {
  const usual = okTrailers[detectForm(payload)];
  if (payload.length !== usual.length) return false;
  for (let index = usual.length - 1; index >= 0; index--) {
    if (payload[index] !== usual[index]) return false;
  }
  return true;
}

function detailsOf({ detailKeys, detailValues }: RpcStatus): Record<string, string> {
  const details: Record<string, string> = Object.create(null);
  const pairs = Math.min(detailKeys.length, detailValues.length);
  for (let index = 0; index < pairs; index++) {
    details[detailKeys[index] as string] = detailValues[index] as string;
  }
  return details;
}
