import { CodecError, type CodecErrorCode } from "./error.ts";

/** What is thrown inside an engine: grows its path on the way out and becomes a {@link CodecError} at the door. */
export class Failure {
  readonly code: CodecErrorCode;
  readonly text: string;
  readonly cause: unknown;
  /** What the text says before the path. */
  readonly lead: string;
  /** Where in the bytes, if whoever failed knows. */
  readonly offset: number | undefined;
  /** Where in the value, from the root on. */
  readonly steps: (string | number)[] = [];
  #path = "";

  constructor(
    code: CodecErrorCode,
    text: string,
    options: { readonly cause?: unknown; readonly lead?: string; readonly offset?: number } = {},
  ) {
    this.code = code;
    this.text = text;
    this.cause = options.cause;
    this.lead = options.lead ?? "";
    this.offset = options.offset;
  }

  /** Puts a field name before the path. */
  inField(name: string): this {
    this.#path = `.${name}${this.#path}`;
    this.steps.unshift(name);
    return this;
  }

  /** Puts an index before the path. */
  inItem(index: number): this {
    this.#path = `[${index}]${this.#path}`;
    this.steps.unshift(index);
    return this;
  }

  /** Puts a map key before the path, cut to a readable length. */
  inKey(key: unknown): this {
    const name = typeof key === "object" ? kindOf(key) : String(key);
    this.#path = `[${quote(name)}]${this.#path}`;
    this.steps.unshift(name);
    return this;
  }

  /** `called` is what a text with a lead calls the root. */
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
    return new CodecError(this.code, text, {
      path,
      offset,
      ...(this.cause === undefined ? {} : { cause: this.cause }),
    });
  }
}

export function fail(code: CodecErrorCode, text: string): Failure {
  return new Failure(code, text);
}

/** Anything thrown, as a failure: what user code throws while a value is read is about the value. */
export function asFailure(reason: unknown): Failure {
  if (reason instanceof Failure) return reason;
  if (reason instanceof CodecError)
    return new Failure(reason.code, reason.message, { cause: reason });
  return new Failure("value", "reading the value threw an error", { cause: reason });
}

/** A value in an error text: quoted, escaped and short. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

/** What a value is, for error texts: never the value itself. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && /^[A-Z][A-Za-z0-9_]{0,40}$/.test(name) ? name : "object";
}
