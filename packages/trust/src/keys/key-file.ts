// The key files of docs/trust.md, "Key files": root.key, root.pub and node.key.
import { rm } from "node:fs/promises";
import { type EndpointId, endpointIdOf, generateSecretKey } from "@aster/transport";
import { z } from "zod";
import { parseBoundedJson } from "../admission/json.ts";
import { bytesToHex, hexToBytes, isHex } from "../hex.ts";
import { strictKeyOf } from "./ed25519.ts";
import { KeyError } from "./key-error.ts";
import { createProtected, readProtected, readPublic, statsOf } from "./protected-file.ts";
import { type RootKeypair, rootKeypairOf } from "./root-keypair.ts";
import { openSealedKey, sealedKeyShape, sealKey } from "./sealed-key.ts";
import { keyBytesOf, Secret } from "./secret.ts";

const MOST_BYTES = 4_096;

/** The secret key of a node. */
export interface NodeKey {
  readonly endpointId: EndpointId;
  readonly secretKey: Secret;
}

export interface KeyFileOptions {
  /** Encrypts the key in the file. Needed to read a key that was encrypted. */
  readonly passphrase?: string | undefined;
}

/** The names of the keys in one kind of key file. */
interface Kind {
  readonly title: "root key" | "node key";
  readonly secret: "private_key" | "secret_key";
  readonly public: "public_key" | "node_id";
}

const ROOT_PUBKEY = 'a public key: 64 hex characters, or JSON with "public_key"';
const ROOT: Kind = { title: "root key", secret: "private_key", public: "public_key" };
const NODE: Kind = { title: "node key", secret: "secret_key", public: "node_id" };

/** The path of the public key beside a root key: `root.key` → `root.pub`. */
export function rootPubkeyPath(path: string): string {
  return path.replace(/\.key$/, "").concat(".pub");
}

/**
 * Writes a root key, mode 0600, and its public key beside it ({@link rootPubkeyPath}), mode 0644.
 * Nothing is overwritten. Throws {@link KeyError} `"exists"`, `"unsafe"` or `"io"`; then neither
 * file was made.
 */
export async function writeRootKey(
  path: string,
  keypair: RootKeypair,
  options: KeyFileOptions = {},
): Promise<void> {
  const publicPath = rootPubkeyPath(path);
  if ((await statsOf(publicPath)) !== undefined) {
    throw new KeyError(
      "exists",
      `${publicPath} exists and is not overwritten; choose another path`,
    );
  }
  const bytes = keyBytesOf("keypair.secretKey", keypair.secretKey);
  await createProtected(path, await keyText(ROOT, bytes, options));
  try {
    const text = `${JSON.stringify({ public_key: endpointIdOf(bytes) })}\n`;
    await createProtected(publicPath, text, 0o644);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * Reads a root key that `writeRootKey` or the Python package wrote. Throws {@link KeyError}:
 * `"missing"`, `"unsafe"`, `"malformed"`, `"passphrase"` or `"io"`.
 */
export async function readRootKey(
  path: string,
  options: KeyFileOptions = {},
): Promise<RootKeypair> {
  const bytes = await secretIn(path, await readProtected(path, MOST_BYTES), ROOT, options);
  const keypair = rootKeypairOf(bytes);
  bytes.fill(0);
  return keypair;
}

/**
 * Reads a public root key: 64 hex characters, or JSON with `public_key` such as `root.pub`. The
 * file may be public. Throws {@link KeyError} `"missing"`, `"unsafe"`, `"malformed"` or `"io"`.
 */
export async function readRootPubkey(path: string): Promise<string> {
  const text = (await readPublic(path, MOST_BYTES)).trim();
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? text : fieldsOf(path, text, ROOT_PUBKEY).public_key;
  const lower = typeof key === "string" ? key.toLowerCase() : "";
  if (strictKeyOf(lower) !== undefined) return lower;
  throw malformed(path, ROOT_PUBKEY);
}

/** Writes the key of a node, mode 0600. Throws like {@link writeRootKey}. */
export async function writeNodeKey(
  path: string,
  secretKey: Secret | Uint8Array,
  options: KeyFileOptions = {},
): Promise<NodeKey> {
  const bytes = keyBytesOf("secretKey", secretKey);
  await createProtected(path, await keyText(NODE, bytes, options));
  return { endpointId: endpointIdOf(bytes), secretKey: Secret.of(bytes) };
}

/**
 * Reads the key of a node: JSON with `secret_key`, or 64 hex characters. Throws like
 * {@link readRootKey}.
 */
export async function readNodeKey(path: string, options: KeyFileOptions = {}): Promise<NodeKey> {
  const text = (await readProtected(path, MOST_BYTES)).trim();
  const bare = /^[0-9a-fA-F]{64}$/.test(text);
  const bytes = bare ? hexToBytes(text) : await secretIn(path, text, NODE, options);
  const secretKey = Secret.of(bytes);
  bytes.fill(0);
  return { endpointId: endpointIdOf(secretKey.expose()), secretKey };
}

/** Reads the key of a node; makes the file if there is none. Throws like {@link readNodeKey}. */
export async function ensureNodeKey(path: string, options: KeyFileOptions = {}): Promise<NodeKey> {
  try {
    return await readNodeKey(path, options);
  } catch (error) {
    if (!(error instanceof KeyError) || error.code !== "missing") throw error;
  }
  try {
    return await writeNodeKey(path, generateSecretKey(), options);
  } catch (error) {
    // another process made it meanwhile
    if (error instanceof KeyError && error.code === "exists") return readNodeKey(path, options);
    throw error;
  }
}

async function keyText(kind: Kind, key: Uint8Array, options: KeyFileOptions): Promise<string> {
  const id = endpointIdOf(key);
  const secret =
    options.passphrase === undefined
      ? { [kind.secret]: bytesToHex(key) }
      : { sealed: await sealKey(key, options.passphrase, [kind.title, id]) };
  return `${JSON.stringify({ ...secret, [kind.public]: id })}\n`;
}

async function secretIn(
  path: string,
  text: string,
  kind: Kind,
  options: KeyFileOptions,
): Promise<Uint8Array> {
  const expected = `a ${kind.title}: JSON with "${kind.secret}" and "${kind.public}"`;
  const fields = fieldsOf(path, text, expected);
  const { sealed } = fields;
  const id = hexIn(fields[kind.public]);
  const plain = hexIn(fields[kind.secret]);
  if (id === undefined || (sealed === undefined && plain === undefined)) {
    throw malformed(path, expected);
  }
  const key =
    plain === undefined
      ? await sealedKey(path, sealed, [kind.title, id], options)
      : hexToBytes(plain);
  if (endpointIdOf(key) === id) return key;
  throw new KeyError("malformed", `the two keys in ${path} are not a pair; restore the file`);
}

function hexIn(value: unknown): string | undefined {
  const lower = typeof value === "string" ? value.toLowerCase() : "";
  return isHex(lower, 32) ? lower : undefined;
}

async function sealedKey(
  path: string,
  value: unknown,
  label: readonly string[],
  { passphrase }: KeyFileOptions,
): Promise<Uint8Array> {
  const { success, data } = sealedKeyShape.safeParse(value);
  if (!success) throw malformed(path, "an encrypted key that this version can open");
  if (passphrase !== undefined) return openSealedKey(data, passphrase, label);
  throw new KeyError("passphrase", `the key in ${path} is encrypted; pass its passphrase`);
}

function fieldsOf(path: string, text: string, expected: string): Record<string, unknown> {
  try {
    const bounds = { bytes: MOST_BYTES, depth: 2 };
    return z.record(z.string(), z.unknown()).parse(parseBoundedJson(text, bounds));
  } catch {
    // the errors of parsers may show parts of the key
    throw malformed(path, expected);
  }
}

function malformed(path: string, expected: string): KeyError {
  return new KeyError("malformed", `${path} does not contain ${expected}`);
}
