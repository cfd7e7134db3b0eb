import { createPublicKey, randomBytes, verify } from "node:crypto";
import { blake3 } from "@noble/hashes/blake3.js";

const CONTEXT = new TextEncoder().encode("iroh-relay handshake v1 challenge signature");
const CHALLENGE_BYTES = 16;
export const ID_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** The head of an ed25519 public key in DER. */
const KEY_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** Frames of the handshake. */
const SERVER_CHALLENGE = 0;
const CLIENT_AUTH = 1;
const SERVER_CONFIRMS_AUTH = 2;

/** The frame after a successful handshake. */
export const CONFIRMED: Uint8Array = Uint8Array.of(SERVER_CONFIRMS_AUTH);

/** Text that a node signs to prove its endpoint id. */
export class Challenge {
  readonly #bytes: Uint8Array = randomBytes(CHALLENGE_BYTES);

  /** The frame that asks the node. */
  get frame(): Uint8Array {
    return Uint8Array.of(SERVER_CHALLENGE, ...this.#bytes);
  }

  /** Returns the endpoint id that the answer proves; `undefined` if it proves none. */
  provenBy(answer: Uint8Array): string | undefined {
    // frame, key, length of the signature, signature
    const [keyAt, lengthAt] = [1, 1 + ID_BYTES];
    if (answer.length !== lengthAt + 1 + SIGNATURE_BYTES) return undefined;
    if (answer[0] !== CLIENT_AUTH || answer[lengthAt] !== SIGNATURE_BYTES) return undefined;
    const key = answer.subarray(keyAt, lengthAt);
    const signed = blake3(this.#bytes, { context: CONTEXT });
    const isProven = verify(null, signed, publicKey(key), answer.subarray(lengthAt + 1));
    return isProven ? Buffer.from(key).toString("hex") : undefined;
  }
}

function publicKey(key: Uint8Array) {
  const der = Buffer.concat([KEY_HEAD, key]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}
