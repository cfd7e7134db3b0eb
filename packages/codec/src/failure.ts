import { CodecError, type CodecErrorCode } from "./error.ts";
import { printable } from "./printable.ts";

/**
 * The error inside an engine. It collects its path on the way out, and the codec turns it into a
 * {@link CodecError}.
 */
export class Failure {
  readonly code: CodecErrorCode;
  readonly text: string;
  readonly cause: unknown;
  /** The text before the path. */
  readonly lead: string;
  /** The position in the bytes, if it is known. */
  readonly offset: number | undefined;
  /** The path in the value, from the root on. */
  readonly steps: (string | number)[] = [];
  #path = "";

  constructor(
    code: CodecErrorCode,
    text: string,
    options: {
      readonly cause?: unknown;
      readonly lead?: string;
      readonly offset?: number | undefined;
    } = {},
  ) {
    this.code = code;
    this.text = text;
    this.cause = options.cause;
    this.lead = options.lead ?? "";
    this.offset = options.offset;
  }

  /** Adds a field name in front of the path. */
  inField(name: string): this {
    this.#path = `.${name}${this.#path}`;
    this.steps.unshift(name);
    return this;
  }

  /** Adds an index in front of the path. */
  inItem(index: number): this {
    this.#path = `[${index}]${this.#path}`;
    this.steps.unshift(index);
    return this;
  }

  /** Adds a map key in front of the path, cut to a readable length. */
  inKey(key: unknown): this {
    const name = typeof key === "object" ? kindOf(key) : String(key);
    this.#path = `[${quote(name)}]${this.#path}`;
    this.steps.unshift(name);
    return this;
  }

  /** Makes the error for callers. `called` is the name of the root in a text with a lead. */
  toError(
    root: string,
    offset: number | undefined = this.offset,
    called: string = root,
  ): CodecError {
    const path = root + this.#path;
    const at = offset === undefined ? "" : ` (at byte ${offset})`;
    const text =
      this.lead === ""
        ? `${path}: ${this.text}${at}`
        : `${this.lead}${called}${this.#path}: ${this.text}`;
    return new CodecError(this.code, printable(text), {
      path,
      offset,
      ...(this.cause === undefined ? {} : { cause: this.cause }),
    });
  }
}

export function fail(code: CodecErrorCode, text: string): Failure {
  return new Failure(code, text);
}

/**
 * Turns anything that was thrown into a failure. User code that throws while a value is read makes
 * the value bad.
 */
export function asFailure(reason: unknown): Failure {
  if (reason instanceof Failure) return reason;
  if (reason instanceof CodecError)
    return new Failure(reason.code, reason.message, { cause: reason });
  return new Failure("value", "reading the value threw an error", { cause: reason });
}

/** Returns a value for an error text: quoted, escaped and short. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** Returns the kind of a value for an error text, never the value itself. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && /^[A-Z][A-Za-z0-9_]{0,40}$/.test(name) ? name : "object";
}
