import { readFileSync, writeFileSync } from "node:fs";
import { generateSecretKey } from "@aster/transport";
import { UsageError } from "./usage.ts";

/** Reads a node's secret key, 64 hex characters in a file; makes one where there is no file. */
export function secretKeyIn(path: string): Uint8Array {
  const key = existing(path);
  if (key !== undefined) return key;
  const made = generateSecretKey();
  writeFileSync(path, `${Buffer.from(made).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return made;
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
  throw new UsageError(`${path} holds no secret key: 64 hex characters are expected`);
}
