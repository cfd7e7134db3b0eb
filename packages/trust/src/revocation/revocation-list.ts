// The signed list of revoked endpoints: its shape, its signed bytes and its text.
import { endpointIdOf } from "@aster/transport";
import { z } from "zod";
import { type JsonRules, parseJson } from "../admission/json.ts";
import { AdmissionError } from "../error.ts";
import { bytesToHex, hexToBytes } from "../hex.ts";
import { signBytes, strictKeyOf } from "../keys/ed25519.ts";
import { keyBytesOf, type Secret } from "../keys/secret.ts";
import { taggedBytes } from "../tagged-bytes.ts";

/**
 * The endpoints that a root key has revoked (docs/trust.md, "Revocation"). A list replaces all
 * lists of the same root key that have a lower sequence number.
 */
export interface RevocationList {
  readonly sequence: number;
  /** Epoch seconds, for people: it does not decide anything. */
  readonly issuedAt: number;
  /** Endpoint ids, sorted and without duplicates. At most 50 000. */
  readonly revoked: readonly string[];
  /** 64 lower-case hex characters. */
  readonly rootPubkey: string;
  /** 128 lower-case hex characters. */
  readonly signature: string;
}

export interface RevocationListOptions {
  /** At least 1, and more than that of the list before. */
  readonly sequence: number;
  /** The endpoint ids in any order: 64 lower-case hex characters each. */
  readonly revoked: Iterable<string>;
  /** Epoch seconds. Default: now. */
  readonly issuedAt?: number | undefined;
}

const NAME = "revocation list";
const MOST_REVOKED = 50_000;
/** The bytes of the text of a list. */
export const MOST_LIST_BYTES: number = 4 * 1024 * 1024;

const rules: JsonRules = {
  bounds: { bytes: MOST_LIST_BYTES, depth: 4 },
  tooLarge: (problem) => new AdmissionError("limit", problem),
  malformed: (problem, options) => new AdmissionError("revocation", problem, options),
};

const endpointId = z.string().regex(/^[0-9a-f]{64}$/);
const epochSeconds = z.int().min(0);

const shape = z.strictObject({
  type: z.literal("aster-revocation-list"),
  sequence: z.int().min(1),
  issued_at: epochSeconds,
  revoked: z.array(endpointId).max(MOST_REVOKED).refine(isSorted, "not sorted, or a duplicate"),
  root_pubkey: endpointId,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

const optionsShape = z.object({
  sequence: z.int().min(1),
  issuedAt: epochSeconds,
  revoked: z.array(endpointId).max(MOST_REVOKED),
});

/**
 * Signs a list of revoked endpoints with the root key. Rejects with {@link AdmissionError}
 * `"option"` for a bad sequence number, time or endpoint id.
 */
export async function signRevocationList(
  rootSecret: Secret | Uint8Array,
  options: RevocationListOptions,
): Promise<RevocationList> {
  const { sequence, issuedAt = Math.floor(Date.now() / 1_000) } = options;
  const revoked = [...new Set(options.revoked)].sort();
  const checked = optionsShape.safeParse({ sequence, issuedAt, revoked });
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const place = issue?.path.join(".") ?? "";
    throw new AdmissionError("option", `option ${place} of the ${NAME}: ${issue?.message ?? ""}`);
  }
  const secretKey = keyBytesOf("rootSecret", rootSecret);
  const unsigned = { sequence, issuedAt, revoked, rootPubkey: endpointIdOf(secretKey) };
  return { ...unsigned, signature: bytesToHex(signBytes(secretKey, signedBytes(unsigned))) };
}

/** Returns the JSON text of a list, for a file. */
export function formatRevocationList(list: RevocationList): string {
  const wire = {
    type: "aster-revocation-list",
    sequence: list.sequence,
    issued_at: list.issuedAt,
    revoked: list.revoked,
    root_pubkey: list.rootPubkey,
    signature: list.signature,
  };
  return `${JSON.stringify(wire, undefined, 2)}\n`;
}

/**
 * Reads the text of a list and verifies that `rootPubkey` has signed it. Throws
 * {@link AdmissionError} `"revocation"`.
 */
export function parseRevocationList(text: string | Uint8Array, rootPubkey: string): RevocationList {
  const wire = parseJson(NAME, text, shape, rules);
  const list = {
    sequence: wire.sequence,
    issuedAt: wire.issued_at,
    revoked: wire.revoked,
    rootPubkey: wire.root_pubkey,
    signature: wire.signature,
  };
  verifyRevocationList(list, rootPubkey);
  return list;
}

/** Throws {@link AdmissionError} `"revocation"` unless `rootPubkey` has signed the list. */
export function verifyRevocationList(list: RevocationList, rootPubkey: string): void {
  if (list.rootPubkey !== rootPubkey) {
    throw new AdmissionError(
      "revocation",
      `the ${NAME} is of the root key ${list.rootPubkey}; this server trusts ${rootPubkey}`,
    );
  }
  const key = strictKeyOf(rootPubkey);
  if (key === undefined || !key.verify(signedBytes(list), hexToBytes(list.signature))) {
    throw new AdmissionError(
      "revocation",
      `the signature of the ${NAME} ${list.sequence} is not valid; sign it again with the root key`,
    );
  }
}

function signedBytes(list: Omit<RevocationList, "signature">): Uint8Array {
  return taggedBytes("revocation-list", [
    hexToBytes(list.rootPubkey),
    uint64(list.sequence),
    uint64(list.issuedAt),
    hexToBytes(list.revoked.join("")),
  ]);
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function isSorted(ids: readonly string[]): boolean {
  return ids.every((id, at) => at === 0 || (ids[at - 1] ?? "") < id);
}
