import { CANCEL_TIMEOUT_MS } from "../defaults.ts";
import type { RpcLimits } from "../limits.ts";
import { checkPositive } from "../option-check.ts";
import { modeNumber, type WireMode } from "../protocol/mode.ts";
import { headerCodecs, type ProtocolForm } from "../protocol/structs.ts";

/** The parameters of a client's session. */
export interface SessionOpening {
  readonly service: string;
  readonly version: number;
  /** The mode that all messages are in. */
  readonly mode: WireMode;
  readonly form: ProtocolForm;
  readonly limits: RpcLimits;
  /**
   * The session is abandoned when the server does not confirm a cancellation in this time. Default:
   * 5 s.
   */
  readonly cancelTimeoutMs: number | undefined;
}

/**
 * The time to wait for the confirmation of a cancellation. Throws INVALID_ARGUMENT for one that is
 * not above 0.
 */
export function cancelTimeoutOf({ cancelTimeoutMs = CANCEL_TIMEOUT_MS }: SessionOpening): number {
  checkPositive("cancelTimeoutMs", cancelTimeoutMs);
  return cancelTimeoutMs;
}

/** The header that opens a session (docs/wire.md, "Sessions"). */
export function sessionHeader({ service, version, mode, form }: SessionOpening): Uint8Array {
  return headerCodecs[form].encode({
    service,
    method: "",
    version,
    callId: "",
    deadlineEpochMs: 0,
    serializationMode: modeNumber(mode),
    metadataKeys: [],
    metadataValues: [],
  });
}
