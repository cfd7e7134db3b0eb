/**
 * What went wrong, for programs:
 *
 * - `type`: the argument is no wire type
 * - `tag`: a tag that breaks the rules, is reserved, or already names another shape
 * - `schema`: a zod schema without a form on the wire
 * - `value`: a value to encode is not what its type says
 * - `data`: bytes or JSON to decode are broken
 * - `limit`: a bound of {@link CodecLimits} is exceeded
 * - `space`: the buffer given to `encodeInto` is too small
 * - `mismatch`: the other side's type has another shape than ours
 */
export type CodecErrorCode =
  | "type"
  | "tag"
  | "schema"
  | "value"
  | "data"
  | "limit"
  | "space"
  | "mismatch";

export interface CodecErrorOptions extends ErrorOptions {
  /** Where in the bytes, counted from their start. */
  readonly offset?: number | undefined;
  /** Where in the value, from the root type on: `demo/Order.lines[3].price`. */
  readonly path?: string | undefined;
}

/** The one error of this package. Its text never holds more than 80 characters of a payload. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  readonly code: CodecErrorCode;
  readonly offset: number | undefined;
  readonly path: string | undefined;

  constructor(code: CodecErrorCode, message: string, options: CodecErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.offset = options.offset;
    this.path = options.path;
  }
}
