/**
 * The kind of a {@link CodecError}, for programs:
 *
 * - `option`: an option has a value that it must not have
 * - `type`: an argument is not a wire type or not bytes, or the platform lacks a feature
 * - `tag`: a tag breaks the rules, is reserved, or already names another shape
 * - `schema`: a zod schema has no form on the wire
 * - `value`: a value to encode does not fit its type
 * - `data`: bytes or JSON to decode are broken
 * - `limit`: a message exceeds a limit of `CodecLimits`
 * - `space`: the buffer given to `encodeInto` is too small
 * - `mismatch`: the other side's type has another shape
 */
export type CodecErrorCode =
  | "option"
  | "type"
  | "tag"
  | "schema"
  | "value"
  | "data"
  | "limit"
  | "space"
  | "mismatch";

export interface CodecErrorOptions extends ErrorOptions {
  /** The position in the bytes, counted from their start. */
  readonly offset?: number | undefined;
  /** The path in the value, from the root type on: `demo/Order.lines[3].price`. */
  readonly path?: string | undefined;
}

const brand = Symbol.for("aster.CodecError");

/**
 * The error of this package. Its text holds at most 80 characters of a payload.
 *
 * `instanceof` also accepts errors of a second copy of this package in the same program.
 */
export class CodecError extends Error {
  override readonly name: string = "CodecError";
  readonly code: CodecErrorCode;
  readonly offset: number | undefined;
  readonly path: string | undefined;

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(CodecError, "name", { value: "CodecError" });
    // on the prototype, so that printed errors do not show it
    Object.defineProperty(CodecError.prototype, brand, { value: true });
    Object.defineProperty(CodecError, Symbol.hasInstance, { value: hasInstance });
  }

  constructor(code: CodecErrorCode, message: string, options: CodecErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.offset = options.offset;
    this.path = options.path;
  }
}

/**
 * `instanceof` of {@link CodecError} accepts errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== CodecError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && brand in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}
