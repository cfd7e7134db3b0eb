/** Characters that move the cursor of a terminal, end a line of a log, or reverse text. */
const unsafe = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Returns the text of a peer on one line, with control characters as escapes such as `\u001b`. */
export function oneLine(text: string): string {
  return text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
