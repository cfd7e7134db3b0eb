import type { RpcLimits } from "../limits.ts";
import { headerCodecs, type ProtocolForm } from "../protocol/structs.ts";

/** How long a server may take to answer a cancellation. */
export const DEFAULT_CANCEL_TIMEOUT_MS = 5_000;

/** What a client's session is made of. */
export interface SessionOpening {
  readonly service: string;
  readonly version: number;
  /** The number of the mode that all messages are in. */
  readonly mode: number;
  readonly form: ProtocolForm;
  readonly limits: RpcLimits;
  readonly cancelTimeoutMs: number;
}

/** The header that opens a session (docs/wire.md, "Sessions"). */
export function sessionHeader({ service, version, mode, form }: SessionOpening): Uint8Array {
  return headerCodecs[form].encode({
    service,
    method: "",
    version,
    callId: "",
    deadlineEpochMs: 0,
    serializationMode: mode,
    metadataKeys: [],
    metadataValues: [],
  });
}
