// The signed messages of producers on the gossip topic of their mesh (docs/wire.md, "Mesh").
import { type EndpointId, endpointIdOf } from "@aster/transport";
import { z } from "zod";
import { encodeJson, type JsonRules, parseJson } from "../admission/json.ts";
import { AdmissionError } from "../error.ts";
import { bytesToHex, hexToBytes } from "../hex.ts";
import { signBytes, strictKeyOf } from "../keys/ed25519.ts";

/** The types of messages. The Python package ignores those from 128 on. */
export const ProducerMessageType = {
  introduce: 1,
  depart: 2,
  contractPublished: 3,
  leaseUpdate: 4,
  revocations: 128,
} as const;

/** A message of a producer. Only {@link isSignedBySender} tells that `sender` wrote it. */
export interface ProducerMessage {
  /** One of {@link ProducerMessageType}, or a type of another version: 0 to 255. */
  readonly type: number;
  readonly payload: Uint8Array;
  readonly sender: EndpointId;
  /** The time of the sender in epoch milliseconds. */
  readonly epochMs: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** The bytes of a gossip message that all members deliver. */
export const MOST_MESSAGE_BYTES = 3_968;

const NAME = "message of a producer";

const rules: JsonRules = {
  bounds: { bytes: MOST_MESSAGE_BYTES, depth: 1 },
  tooLarge: (problem) => new AdmissionError("limit", problem),
  malformed: (problem, options) => new AdmissionError("protocol", problem, options),
};

const shape = z.strictObject({
  type: z.int().min(0).max(255),
  payload: z.string().regex(/^(?:[0-9a-f]{2})*$/),
  sender: z.string().regex(/^[0-9a-f]{64}$/),
  epoch_ms: z.int().min(0),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

/** Signs a message with the key of its sender, 32 bytes. */
export function signProducerMessage(
  secretKey: Uint8Array,
  { type, payload, epochMs }: Pick<ProducerMessage, "type" | "payload" | "epochMs">,
): ProducerMessage {
  const unsigned = { type, payload, epochMs, sender: endpointIdOf(secretKey) };
  return { ...unsigned, signature: signBytes(secretKey, signedBytes(unsigned)) };
}

/** Returns `true` if the endpoint that the message names as its sender has signed it. */
export function isSignedBySender(message: ProducerMessage): boolean {
  const key = strictKeyOf(message.sender);
  return key?.verify(signedBytes(message), message.signature) === true;
}

/**
 * The bytes of a message, as the Python package writes them. Throws `AdmissionError` `"limit"` for
 * more than 3968 bytes; in them, each byte of the payload takes two.
 */
export function encodeProducerMessage(message: ProducerMessage): Uint8Array {
  const { type, payload, sender, epochMs, signature } = message;
  const wire = {
    type,
    payload: bytesToHex(payload),
    sender,
    epoch_ms: epochMs,
    signature: bytesToHex(signature),
  };
  return encodeJson(NAME, wire, rules);
}

/** Reads a message and does not verify it. Throws `AdmissionError` `"protocol"`. */
export function parseProducerMessage(bytes: Uint8Array): ProducerMessage {
  const wire = parseJson(NAME, bytes, shape, rules);
  return {
    type: wire.type,
    payload: hexToBytes(wire.payload),
    sender: wire.sender,
    epochMs: wire.epoch_ms,
    signature: hexToBytes(wire.signature),
  };
}

function signedBytes(message: Omit<ProducerMessage, "signature">): Uint8Array {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(message.epochMs));
  return new Uint8Array(
    Buffer.concat([Buffer.of(message.type), message.payload, Buffer.from(message.sender), time]),
  );
}
