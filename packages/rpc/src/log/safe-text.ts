/** The longest text of a log. */
const MOST_CHARS = 200;
/** Characters that end a line, move the cursor of a terminal, or reverse text. */
const unsafe = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** A ticket may contain a credential. */
const ticket = /aster1[1-9A-HJ-NP-Za-km-z]{16,}/g;
/** Signatures and longer hex texts. */
const signature = /(?<![0-9a-f])[0-9a-f]{65,}/gi;
/** Keys, endpoint ids and hashes. */
const key = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi;

/**
 * Returns a text for a log: one line of at most 200 characters, with control characters as escapes,
 * and without tickets and signatures.
 */
export function safeText(text: string, mostChars: number = MOST_CHARS): string {
  // cuts before the other work, because a text of a peer may be long
  const start = text.length > 4 * mostChars ? text.slice(0, 4 * mostChars) : text;
  const hidden = start.replace(ticket, "aster1[hidden]").replace(signature, "[hidden]");
  const line = hidden.replace(unsafe, escaped);
  return line.length > mostChars ? `${line.slice(0, mostChars)}…` : line;
}

/** Shortens every key, endpoint id and hash of 64 hex characters in a text. */
export function maskedText(text: string): string {
  return text.replace(key, shortened);
}

/** Shortens an endpoint id to its first 8 and last 4 characters. */
export function shortened(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}...${id.slice(-4)}` : id;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x1_00_00
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\u{${code.toString(16)}}`;
}
