import { callHeaderCodecs, headerCodecs, type ProtocolForm } from "../protocol/structs.ts";

/** More than any header without metadata needs: names have 256 characters at most. */
const PLAIN_BYTES = 4_096;

/**
 * Makes the header of a call of its own into that of a call inside a session: service, version and mode are the session's.
 *
 * Calls without metadata and deadline begin with one and the same object per method, which is translated once.
 */
export class CallHeaders {
  readonly #form: ProtocolForm;
  readonly #known = new WeakMap<Uint8Array, Uint8Array>();
  #plain: Uint8Array | undefined;

  constructor(form: ProtocolForm) {
    this.#form = form;
  }

  from(header: Uint8Array): Uint8Array {
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const { method, callId, deadlineEpochMs, metadataKeys, metadataValues } =
      headerCodecs[this.#form].decode(header);
    const codec = callHeaderCodecs[this.#form];
    const own = { method, callId, deadlineEpochMs, metadataKeys, metadataValues };
    if (metadataKeys.length > 0) return codec.encode(own);
    // the request may lie in the memory that codecs share already, so this one is written elsewhere
    this.#plain ??= new Uint8Array(PLAIN_BYTES);
    const made = this.#plain.slice(0, codec.encodeInto(own, this.#plain, 0));
    if (deadlineEpochMs === 0) this.#known.set(header, made);
    return made;
  }
}
