import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { StatusCode } from "../status.ts";
import { formOf, type ProtocolForm, type RpcStatus, statusCodecs } from "./structs.ts";

// text that UTF-8 cannot carry; with the flag u pairs do not match
const loneSurrogates = /[\ud800-\udfff]/gu;

const ok: RpcStatus = { code: StatusCode.OK, message: "", detailKeys: [], detailValues: [] };

/** The trailer of a call that went well, in both forms. */
export const okTrailers: Readonly<Record<ProtocolForm, Uint8Array>> = {
  fory: statusCodecs.fory.encode(ok),
  json: statusCodecs.json.encode(ok),
};

/** The trailer of a call that failed; message and details are cut to the limits. */
export function encodeFailure(error: RpcError, form: ProtocolForm, limits: RpcLimits): Uint8Array {
  const details = Object.entries(error.details).slice(0, limits.maxStatusDetails);
  return statusCodecs[form].encode({
    code: error.code,
    message: cut(error.rawMessage, limits.maxStatusMessageChars),
    detailKeys: details.map(([key]) => cut(key, limits.maxMetadataKeyChars)),
    detailValues: details.map(([, value]) => cut(String(value), limits.maxMetadataValueChars)),
  });
}

function cut(text: string, maxChars: number): string {
  const short = text.length <= maxChars ? text : `${text.slice(0, maxChars - 3)}...`;
  return short.replace(loneSurrogates, "\ufffd");
}

/**
 * How the peer says the call ended: `undefined` when it went well. An empty payload is an OK too.
 *
 * Never throws: a status that cannot be read is an INTERNAL error of its own.
 */
export function decodeTrailer(payload: Uint8Array, limits: RpcLimits): RpcError | undefined {
  if (payload.length === 0 || isOk(payload)) return undefined;
  if (payload.length > limits.maxStatusBytes) {
    return new RpcError(
      StatusCode.INTERNAL,
      `the peer sent a status of ${payload.length} bytes, more than maxStatusBytes ${limits.maxStatusBytes}`,
    );
  }
  let status: RpcStatus;
  try {
    status = statusCodecs[formOf(payload)].decode(payload);
  } catch (cause) {
    return new RpcError(StatusCode.INTERNAL, "the peer sent a status that cannot be read", {
      cause,
    });
  }
  if (status.code === StatusCode.OK) return undefined;
  return new RpcError(status.code, status.message, { details: detailsOf(status) });
}

/** Compares with the usual bytes, so that the usual case decodes nothing. */
function isOk(payload: Uint8Array): boolean {
  const usual = okTrailers[formOf(payload)];
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
