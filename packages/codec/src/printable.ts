/** Characters that move the cursor of a terminal, end a line of a log, or reverse text. */
const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Returns a text of a peer for error texts and logs: on one line, with control characters as
 * escapes such as `\u001b`, and cut to `maxChars` before they are escaped.
 */
export function printable(text: string, maxChars = 4_096): string {
  const short = text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
  return short.replace(unsafe, (char) =>
    char === "\n" ? "\\n" : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
