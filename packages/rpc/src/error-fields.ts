import { inspect } from "node:util";
import { isStatusCode, StatusCode } from "./status.ts";

// The checks of the values that programs give to `RpcError`. They run while a failure is being
// reported, so none of them may fail itself.

/** The text for a value whose own code fails when it is read. */
export const UNREADABLE = "a value that cannot be shown";

/** The characters of a bad code that an error message shows. */
const SHOWN_CHARS = 40;

/** Returns true for a code that an error can have: one of {@link StatusCode} other than OK. */
export function isErrorCode(code: unknown): code is StatusCode {
  return typeof code === "number" && code !== StatusCode.OK && isStatusCode(code);
}

/** Returns the text of a message: a string, the message of an `Error`, or any value as text. */
export function messageText(message: unknown): string {
  if (typeof message === "string") return message;
  if (message === undefined || message === null) return "";
  return attempt(() => String(message instanceof Error ? message.message : message), UNREADABLE);
}

/** Adds a code that cannot be sent to the text of its error. */
export function withBadCode(text: string, code: unknown): string {
  const shown = attempt(
    () => inspect(code, { depth: 0, breakLength: Number.POSITIVE_INFINITY }),
    UNREADABLE,
  );
  const bad = `${shown.slice(0, SHOWN_CHARS)} is not the code of an error; use a StatusCode`;
  return text === "" ? bad : `${text} (${bad})`;
}

/** Copies details as text. Values that cannot be read and those that are undefined are left out. */
export function detailTexts(details: unknown): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const key of attempt(() => Object.keys(details as object), [])) {
    const value = attempt(() => textOf((details as Record<string, unknown>)[key]), undefined);
    if (value !== undefined) texts[key] = value;
  }
  return texts;
}

/** Returns the result of code that is not this package's, or `instead` when it throws. */
export function attempt<T>(read: () => T, instead: T): T {
  try {
    return read();
  } catch {
    return instead;
  }
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
