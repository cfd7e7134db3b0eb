import { asFailure, fail } from "../../failure.ts";
import { ErrorFlag, errorClasses, makeError } from "../error-kind.ts";
import type { NativeReader } from "./native-reader.ts";

/** Approximate cost of an error with its stack, as in `CodecLimits.graphBytes`. */
const errorCost = 8_192;
/** The same for an object around a primitive. */
const boxedCost = 200;
/** The same for a pattern and each of its characters. Classes of Unicode take long to compile. */
const regexpCost = 512;
const patternCost = 64;
const unicodeCost = 8_192;
/** Maximum length of a pattern. */
const maxPattern = 65_536;

/** Reads a pattern and its flags. */
export function readRegExp(r: NativeReader): RegExp {
  const source = r.textValue();
  const flags = r.textValue();
  if (source.length > maxPattern) throw fail("limit", `a pattern of ${source.length} characters`);
  r.charge(regexpCost + source.length * (/[uv]/.test(flags) ? unicodeCost : patternCost));
  let expression: RegExp;
  try {
    expression = new RegExp(source, flags);
  } catch {
    throw fail("data", "an invalid regular expression");
  }
  return r.made(expression);
}

/** Reads an object around a primitive. */
export function readBoxed(r: NativeReader): object {
  // a primitive has no number, so the object may get its own after it
  const value = r.value(r.maxDepth + 1);
  if (typeof value === "object" || value === undefined) {
    throw fail("data", "a boxed value that is not a primitive");
  }
  return r.made(Object(value) as object, boxedCost);
}

/**
 * Reads an error with the parts that its flags name. The stack is only its first line, as the error
 * was not thrown here.
 */
export function readError(r: NativeReader, depth: number): Error {
  r.checkDepth(depth);
  const place = r.byte();
  const flags = r.byte();
  r.charge(errorCost);
  const error = makeError(place, flags & ErrorFlag.message ? "" : undefined);
  if (!error || flags > 15) throw fail("data", `an error of kind ${place} with flags ${flags}`);
  r.objects.push(error);
  const name = flags & ErrorFlag.name ? r.textValue() : errorClasses[place]?.name;
  const message = flags & ErrorFlag.message ? r.textValue() : "";
  if (flags & ErrorFlag.name) setHidden(error, "name", name);
  if (flags & ErrorFlag.message) setHidden(error, "message", message);
  setHidden(error, "stack", message === "" ? name : `${name}: ${message}`);
  if (flags & ErrorFlag.cause) setHidden(error, "cause", readPart(r, "cause", depth));
  if (flags & ErrorFlag.errors) setHidden(error, "errors", readPart(r, "errors", depth));
  return error;
}

function readPart(r: NativeReader, name: string, depth: number): unknown {
  try {
    return r.value(depth + 1);
  } catch (reason) {
    throw asFailure(reason).inField(name);
  }
}

/** Sets a property that is not enumerable, as the constructors of errors do. */
function setHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
