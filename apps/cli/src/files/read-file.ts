import { readFile } from "node:fs/promises";
import { usageFailure } from "../command/failure.ts";
import { parseExact } from "./exact-json.ts";

const MOST_BYTES = 64 * 1024 * 1024;

/** Reads a text file that a command line names. Throws the failure of a file. */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (bytes.length <= MOST_BYTES) return bytes.toString("utf8");
  throw usageFailure(`${path} has more than ${MOST_BYTES} bytes`, "choose another file");
}

/** Parses JSON of the user. `place` names it in the failure. */
export function parseJson(text: string, place: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : "not JSON";
    throw usageFailure(`${place} is not JSON: ${problem}`, "correct the text", "json.malformed");
  }
}
