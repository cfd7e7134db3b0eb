import { randomBytes, scrypt } from "node:crypto";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { z } from "zod";
import { bytesToHex, hexToBytes, isHex } from "../hex.ts";
import { wrongOption } from "../option.ts";
import { taggedBytes } from "../tagged-bytes.ts";
import { KeyError } from "./key-error.ts";

/** The cost of one attempt: 128 MiB and about half a second. */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const;
const MOST_MEMORY_BYTES = 2 ** 30;

/** A key that is encrypted with a passphrase, as it stands in a key file. */
export interface SealedKey {
  readonly kdf: "scrypt";
  readonly n: number;
  readonly r: number;
  readonly p: number;
  /** 32 bytes as hex. */
  readonly salt: string;
  readonly cipher: "xchacha20-poly1305";
  /** 24 bytes as hex. */
  readonly nonce: string;
  /** The encrypted key and its tag as hex, 48 bytes. */
  readonly box: string;
}

const hex = (bytes: number) => z.custom<string>((value) => isHex(value, bytes));

/** The shape of a {@link SealedKey} from a file. */
export const sealedKeyShape: z.ZodType<SealedKey> = z
  .object({
    kdf: z.literal("scrypt"),
    n: z
      .number()
      .int()
      .min(2)
      .max(2 ** 24),
    r: z.number().int().min(1).max(64),
    p: z.number().int().min(1).max(16),
    salt: hex(32),
    cipher: z.literal("xchacha20-poly1305"),
    nonce: hex(24),
    box: hex(48),
  })
  .refine(({ n, r }) => 128 * n * r <= MOST_MEMORY_BYTES && (n & (n - 1)) === 0);

/** Encrypts a key of 32 bytes. `label` is authenticated: the kind of the key and its public key. */
export async function sealKey(
  key: Uint8Array,
  passphrase: string,
  label: readonly string[],
): Promise<SealedKey> {
  const salt = new Uint8Array(randomBytes(32));
  const nonce = new Uint8Array(randomBytes(24));
  const cipherKey = await cipherKeyOf(passphrase, salt, COST);
  const box = xchacha20poly1305(cipherKey, nonce, labelBytes(label)).encrypt(key);
  cipherKey.fill(0);
  return {
    kdf: "scrypt",
    ...COST,
    salt: bytesToHex(salt),
    cipher: "xchacha20-poly1305",
    nonce: bytesToHex(nonce),
    box: bytesToHex(box),
  };
}

/** Decrypts a key. Throws {@link KeyError} `"passphrase"` for a wrong passphrase or label. */
export async function openSealedKey(
  sealed: SealedKey,
  passphrase: string,
  label: readonly string[],
): Promise<Uint8Array> {
  const cipherKey = await cipherKeyOf(passphrase, hexToBytes(sealed.salt), sealed);
  const cipher = xchacha20poly1305(cipherKey, hexToBytes(sealed.nonce), labelBytes(label));
  try {
    return cipher.decrypt(hexToBytes(sealed.box));
  } catch {
    throw new KeyError("passphrase", "the passphrase is wrong, or the key file was changed");
  } finally {
    cipherKey.fill(0);
  }
}

function cipherKeyOf(
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: Pick<SealedKey, "n" | "r" | "p">,
): Promise<Buffer> {
  if (typeof passphrase !== "string" || passphrase === "") {
    throw wrongOption("passphrase", "a text that is not empty", passphrase === "" ? "" : {});
  }
  // keyboards differ in how they compose characters
  const text = passphrase.normalize("NFC");
  const cost = { N: n, r, p, maxmem: 128 * r * (n + p) + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(text, salt, 32, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function labelBytes(label: readonly string[]): Uint8Array {
  return taggedBytes("key-file", label);
}
