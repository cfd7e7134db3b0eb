import { callHeaderCodecs, headerCodecs, type ProtocolForm } from "../protocol/structs.ts";

/** Fits every header without metadata: a method name has at most 256 characters. */
const PLAIN_BYTES = 4_096;

/**
 * Translates the header of a call on its own stream to the header of a call inside a session, which
 * omits the service, version and mode.
 *
 * All calls of a method without metadata and deadline use one header object, which is translated
 * once.
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
    // the request may be in the memory that codecs share, so this header is written to another
    // place
    this.#plain ??= new Uint8Array(PLAIN_BYTES);
    const made = this.#plain.slice(0, codec.encodeInto(own, this.#plain, 0));
    if (deadlineEpochMs === 0) this.#known.set(header, made);
    return made;
  }
}
