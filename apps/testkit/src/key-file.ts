import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { generateSecretKey } from "@aster/transport";
import { UsageError } from "./usage.ts";

/** Reads a secret key, 64 hex characters, from a file. Creates the file if it does not exist. */
export function secretKeyIn(path: string): Uint8Array {
  const key = existing(path);
  if (key !== undefined) return key;
  const made = generateSecretKey();
  createWhole(path, `${Buffer.from(made).toString("hex")}\n`);
  return made;
}

/**
 * Creates a file atomically: a process that is killed meanwhile leaves a complete file or none.
 * Throws if the file exists.
 */
function createWhole(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.new`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    linkSync(unfinished, path);
  } finally {
    closeSync(file);
    rmSync(unfinished);
  }
}

function existing(path: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  throw new UsageError(`${path} does not contain a secret key; 64 hex characters are expected`);
}
