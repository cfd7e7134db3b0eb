import { type JsonRules, parseJson } from "@aster/trust/json";
import { z } from "zod";
import { RegistryError } from "../error.ts";

/** Of a longer list, the first entries count, as in the Python package. */
const MOST_AUTHORS = 10_000;

const malformed = (problem: string, options?: ErrorOptions): RegistryError =>
  new RegistryError("record", problem, options);

const rules: JsonRules = {
  bounds: { bytes: 1_048_576, depth: 2 },
  tooLarge: malformed,
  malformed,
};

const shape = z.array(z.string().max(256));
const AUTHOR = /^[0-9a-f]{64}$/;

/**
 * The bytes of an access list, as `json.dumps` of Python writes them. Throws {@link RegistryError}
 * `"option"` for a text that is not an author id, and for more than 10 000 of them.
 */
export function encodeAuthorList(authors: readonly string[]): Uint8Array {
  const wrong = authors.find((author) => !AUTHOR.test(author));
  if (wrong !== undefined) {
    throw new RegistryError(
      "option",
      `${JSON.stringify(wrong.slice(0, 80))} is not an author id; give 64 lower-case hex characters`,
    );
  }
  if (authors.length > MOST_AUTHORS) {
    throw new RegistryError(
      "option",
      `the access list has ${authors.length} authors; readers take at most ${MOST_AUTHORS}`,
    );
  }
  return new TextEncoder().encode(`[${authors.map((author) => `"${author}"`).join(", ")}]`);
}

/** Reads an access list. Throws {@link RegistryError} `"record"`. */
export function parseAuthorList(bytes: Uint8Array): readonly string[] {
  return parseJson("access list", bytes, shape, rules).slice(0, MOST_AUTHORS);
}
