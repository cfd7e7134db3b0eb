import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { checkMetadata, Metadata } from "../metadata.ts";
import { ModeNumber } from "../protocol/mode.ts";
import {
  detectForm,
  headerCodecs,
  type ProtocolForm,
  type StreamHeader,
} from "../protocol/structs.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/** A header as the server understands it. */
export interface OpenedHeader {
  readonly service: string;
  readonly method: string;
  readonly version: number;
  readonly callId: string;
  readonly deadlineEpochMs: number;
  /** The name of the mode the messages are in, or `unknown`. */
  readonly mode: string;
  /** As it came. */
  readonly modeNumber: number;
  /** How trailers are written. */
  readonly form: ProtocolForm;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

const names = new Map<number, string>(
  Object.entries(ModeNumber).map(([name, number]) => [number, name]),
);

/** Reads a header in either form. Throws INTERNAL for what is none, RESOURCE_EXHAUSTED for one that is too long. */
export function openHeader(payload: Uint8Array, limits: RpcLimits): OpenedHeader {
  checkHeaderSize(payload, limits);
  const written = detectForm(payload);
  const header = decode(payload, written);
  // clients that choose JSON by themselves leave the number at 0
  const modeNumber = written === "json" ? ModeNumber.json : header.serializationMode;
  return {
    service: header.service,
    method: header.method,
    version: header.version,
    callId: header.callId,
    deadlineEpochMs: header.deadlineEpochMs,
    mode: names.get(modeNumber) ?? "unknown",
    modeNumber,
    form: modeNumber === ModeNumber.json ? "json" : "fory",
    keys: header.metadataKeys,
    values: header.metadataValues,
  };
}

/** Throws RESOURCE_EXHAUSTED for a header that is too long. */
export function checkHeaderSize(payload: Uint8Array, limits: RpcLimits): void {
  if (payload.length <= limits.maxHeaderBytes) return;
  throw new RpcError(
    StatusCode.RESOURCE_EXHAUSTED,
    `a header of ${payload.length} bytes is over the limit maxHeaderBytes ${limits.maxHeaderBytes}`,
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

/** Throws RESOURCE_EXHAUSTED for metadata over a limit, INVALID_ARGUMENT for keys without values and empty keys. */
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
    throw new RpcError(StatusCode.INVALID_ARGUMENT, "a metadata key is text that is not empty");
  }
  const metadata = Metadata.received(keys, values);
  checkMetadata(metadata, limits);
  return metadata;
}
