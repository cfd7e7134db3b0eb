import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../credential/credential.ts";
import { CredentialError } from "../credential/credential-error.ts";
import {
  formatCredential,
  formatProducerCredential,
  parseCredential,
  parseProducerCredential,
} from "../credential/credential-json.ts";
import { parseStrictJson } from "../credential/strict-json.ts";
import { createProtected, readPublic, replaceProtected } from "../keys/protected-file.ts";
import { admissionLimits } from "../protocol.ts";
import type { WriteIdentityOptions } from "./identity-file.ts";

/** A credential that a file may contain. That of a consumer has a `type`. */
export type StoredCredential = ConsumerEnrollmentCredential | EnrollmentCredential;

/**
 * Reads a credential from a file: one that {@link writeCredential} or the `aster` command of the
 * Python package wrote. It is not verified. The file may be accessible to others.
 *
 * Throws {@link KeyError} `"missing"`, `"unsafe"` for what is not a regular file, `"malformed"` for
 * more than 64 KiB, `"io"`, and {@link CredentialError} `"malformed"`.
 */
export async function readCredential(path: string): Promise<StoredCredential> {
  const text = await readPublic(path, admissionLimits.messageBytes);
  const { type, ...fields } = fieldsIn(text, path);
  try {
    // the command names the type of a consumer credential "type", and adds one for a producer
    if (type === "producer") return parseProducerCredential(JSON.stringify(fields));
    if ("credential_type" in fields) return parseCredential(text);
    if (type === undefined) return parseProducerCredential(text);
    return parseCredential(JSON.stringify({ credential_type: type, ...fields }));
  } catch (error) {
    throw error instanceof CredentialError ? malformed(path, error.message) : error;
  }
}

/**
 * Writes the JSON of a credential, mode 0600. Throws {@link KeyError} `"exists"` if there is a file
 * and `replace` is not set, `"unsafe"` or `"io"`.
 */
export async function writeCredential(
  path: string,
  credential: StoredCredential,
  { replace = false }: WriteIdentityOptions = {},
): Promise<void> {
  const json =
    "type" in credential ? formatCredential(credential) : formatProducerCredential(credential);
  await (replace ? replaceProtected : createProtected)(path, `${json}\n`);
}

function fieldsIn(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseStrictJson(text.trim(), { bytes: admissionLimits.messageBytes, depth: 2 });
  } catch (error) {
    throw malformed(path, error instanceof Error ? error.message : "unreadable");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { ...value };
  }
  throw malformed(path, "it is not an object");
}

function malformed(path: string, problem: string): CredentialError {
  return new CredentialError("malformed", `${path} does not contain a credential: ${problem}`);
}
