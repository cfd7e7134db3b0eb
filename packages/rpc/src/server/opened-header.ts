import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { checkMetadata, type Metadata, receivedMetadata } from "../metadata.ts";
import { ModeNumber } from "../protocol/mode.ts";
import {
  detectForm,
  headerCodecs,
  type ProtocolForm,
  type StreamHeader,
} from "../protocol/structs.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/** The decoded header of a stream. */
export interface OpenedHeader {
  readonly service: string;
  readonly method: string;
  readonly version: number;
  readonly callId: string;
  readonly deadlineEpochMs: number;
  /** The name of the mode of the messages, or `unknown`. */
  readonly mode: string;
  /** The number of the mode in the header. */
  readonly modeNumber: number;
  /** The form of the trailers. */
  readonly form: ProtocolForm;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

const names = new Map<number, string>(
  Object.entries(ModeNumber).map(([name, number]) => [number, name]),
);

/**
 * Decodes a header of either form. Throws INTERNAL for bytes that are not a header,
 * RESOURCE_EXHAUSTED for too many.
 */
export function openHeader(payload: Uint8Array, limits: RpcLimits): OpenedHeader {
  checkHeaderSize(payload, limits);
  const written = detectForm(payload);
  const header = decode(payload, written);
  const { serializationMode: given } = header;
  // clients that write a JSON header may leave the number at 0
  const modeNumber = written === "json" && names.has(given) ? ModeNumber.json : given;
  return {
    service: header.service,
    method: header.method,
    version: header.version,
    callId: header.callId,
    deadlineEpochMs: header.deadlineEpochMs,
    mode: names.get(modeNumber) ?? "unknown",
    modeNumber,
    form: modeNumber === ModeNumber.json ? "json" : written,
    keys: header.metadataKeys,
    values: header.metadataValues,
  };
}

/** Throws RESOURCE_EXHAUSTED for a header above `maxHeaderBytes`. */
export function checkHeaderSize(payload: Uint8Array, limits: RpcLimits): void {
  if (payload.length <= limits.maxHeaderBytes) return;
  throw new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `the header has ${payload.length} bytes, more than maxHeaderBytes (${limits.maxHeaderBytes}); send less metadata`,
    { details: { reason: RpcReason.LIMIT_HEADER } },
  );
}

function decode(payload: Uint8Array, form: ProtocolForm): StreamHeader {
  try {
    return headerCodecs[form].decode(payload);
  } catch (cause) {
    throw new RpcError(StatusCode.INTERNAL, "Invalid StreamHeader", { cause });
  }
}

/**
 * The metadata of a header. Throws RESOURCE_EXHAUSTED above a limit, INVALID_ARGUMENT for missing
 * values and empty keys.
 */
export function metadataOf(
  { keys, values }: Pick<OpenedHeader, "keys" | "values">,
  limits: RpcLimits,
): Metadata {
  if (keys.length !== values.length) {
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `metadata has ${keys.length} keys and ${values.length} values`,
    );
  }
  if (keys.includes("")) {
    throw new RpcError(StatusCode.INVALID_ARGUMENT, "metadata keys must be non-empty strings");
  }
  const metadata = receivedMetadata(keys, values);
  checkMetadata(metadata, limits);
  return metadata;
}
