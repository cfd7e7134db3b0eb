import { asFailure } from "../../failure.ts";
import { ErrorFlag, errorClasses } from "../error-kind.ts";
import { NativeId } from "../native-id.ts";
import type { NativeWriter } from "./native-writer.ts";

/**
 * Writes an error as its nearest standard class: name, message, cause, errors. The stack is not
 * sent.
 */
export function writeError(w: NativeWriter, error: Error, place: number, depth: number): void {
  if (!w.opened(error, depth)) return;
  const name = String(error.name);
  const message = String(error.message);
  const named = name !== errorClasses[place]?.name;
  const told = Object.hasOwn(error, "message") || message !== "";
  const caused = Object.hasOwn(error, "cause");
  const errors = Object.hasOwn(error, "errors") && errorClasses[place] === AggregateError;
  w.putByte(NativeId.error);
  w.putByte(place);
  w.putByte(
    (told ? ErrorFlag.message : 0) |
      (caused ? ErrorFlag.cause : 0) |
      (named ? ErrorFlag.name : 0) |
      (errors ? ErrorFlag.errors : 0),
  );
  if (named) w.text(name);
  if (told) w.text(message);
  if (caused) writePart(w, error.cause, "cause", depth);
  if (errors) writePart(w, (error as AggregateError).errors, "errors", depth);
}

function writePart(w: NativeWriter, value: unknown, name: string, depth: number): void {
  try {
    w.value(value, depth + 1);
  } catch (reason) {
    throw asFailure(reason).inField(name);
  }
}
