import { usageFailure } from "../command/failure.ts";

/** A word of a command line. */
export interface Word {
  readonly text: string;
  /** A part of it was in quotes, so that it is a text and not JSON. */
  readonly quoted: boolean;
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/**
 * Splits a line into words, as a shell does: quotes keep spaces together. A word or a value that
 * begins with `{` or `[` is JSON and goes on to the closing bracket. Throws a failure for a line
 * that is not complete.
 */
export function wordsOf(line: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line.charAt(at))) at += 1;
    else {
      const { end, ...word } = wordAt(line, at);
      words.push(word);
      at = end;
    }
  }
  return words;
}

function wordAt(line: string, start: number): Word & { readonly end: number } {
  let at = start;
  let text = "";
  let quoted = false;
  while (at < line.length && !/\s/.test(line.charAt(at))) {
    const character = line.charAt(at);
    const begins = text === "" || (text.endsWith("=") && text.indexOf("=") === text.length - 1);
    if (begins && !quoted && /[{[]/.test(character)) {
      const end = jsonEnd(line, at);
      text += line.slice(at, end);
      at = end;
    } else if (character === '"' || character === "'") {
      const part = quotedAt(line, at, character);
      text += part.text;
      quoted = true;
      at = part.end;
    } else {
      text += character;
      at += 1;
    }
  }
  return { text, quoted, end: at };
}

function quotedAt(line: string, start: number, quote: string) {
  let text = "";
  for (let at = start + 1; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === quote) return { text, end: at + 1 };
    if (character === "\\" && quote === '"' && at + 1 < line.length) {
      at += 1;
      text += ESCAPED[line.charAt(at)] ?? line.charAt(at);
    } else text += character;
  }
  throw usageFailure(`the quote ${quote} is not closed`, "close it", "shell.syntax");
}

/** The position behind the JSON value that begins at `start`. */
function jsonEnd(line: string, start: number): number {
  let depth = 0;
  let inText = false;
  for (let at = start; at < line.length; at++) {
    const character = line.charAt(at);
    if (inText) {
      if (character === "\\") at += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (/[{[]/.test(character)) depth += 1;
    else if (/[}\]]/.test(character)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw usageFailure("the JSON is not complete", "close its brackets", "shell.syntax");
}
