import { callHeaderCodecs, headerCodecs, type ProtocolForm } from "../protocol/structs.ts";

/**
 * Makes the header of a call of its own into that of a call inside a session: service, version and mode are the session's.
 *
 * Calls without metadata and deadline begin with one and the same object per method, which is translated once.
 */
export class CallHeaders {
  readonly #form: ProtocolForm;
  readonly #known = new WeakMap<Uint8Array, Uint8Array>();

  constructor(form: ProtocolForm) {
    this.#form = form;
  }

  from(header: Uint8Array): Uint8Array {
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const { method, callId, deadlineEpochMs, metadataKeys, metadataValues } =
      headerCodecs[this.#form].decode(header);
    const made = callHeaderCodecs[this.#form].encode({
      method,
      callId,
      deadlineEpochMs,
      metadataKeys,
      metadataValues,
    });
    if (deadlineEpochMs === 0 && metadataKeys.length === 0) this.#known.set(header, made);
    return made;
  }
}
