import { admissionLimits } from "../protocol.ts";

/** UTF-8 bytes of the canonical JSON of all attributes. */
const MOST_BYTES = 8_192;
const CONTROL = /\p{Cc}/u;
/** Half of a character, which UTF-8 cannot express. */
const SURROGATE = /\p{Cs}/u;

/**
 * The attributes as they are signed: compact JSON with the keys in the order of their code points.
 * Only for attributes without a fault.
 */
export function canonicalAttributes(attributes: Readonly<Record<string, string>>): string {
  const members = Object.entries(attributes)
    // the order of UTF-8 bytes is that of code points; that of UTF-16 units is not
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${members.join(",")}}`;
}

/** Returns `true` for an object whose members are all strings. */
export function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === "string");
}

/** Returns the first breach of the rules for attributes, or `undefined`. */
export function attributeFault(attributes: unknown): string | undefined {
  if (!isTextRecord(attributes)) return "attributes must be an object whose values are texts";
  const entries = Object.entries(attributes);
  const { attributes: most, nameLength, valueLength } = admissionLimits;
  if (entries.length > most) return `${entries.length} attributes; the limit is ${most}`;
  for (const [key, value] of entries) {
    const name = `the attribute ${JSON.stringify(key.slice(0, 80))}`;
    if (key.length > nameLength) return `${name} has a name of more than ${nameLength} characters`;
    if (value.length > valueLength) return `${name} has more than ${valueLength} characters`;
    if (SURROGATE.test(key) || SURROGATE.test(value)) return `${name} is not valid Unicode`;
    if (CONTROL.test(key) || CONTROL.test(value)) return `${name} contains a control character`;
  }
  const bytes = Buffer.byteLength(canonicalAttributes(attributes));
  if (bytes > MOST_BYTES) return `the attributes have ${bytes} bytes; the limit is ${MOST_BYTES}`;
  return undefined;
}
