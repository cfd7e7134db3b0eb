/**
 * The kind of a mistake in a registry entry.
 *
 * - `"key"`: a name or id that a key cannot hold
 * - `"record"`: bytes that are not a record, or a value that a record cannot hold
 */
export type RegistryErrorCode = "key" | "record";

const BRAND = Symbol.for("aster.RegistryError");

/** The error class of `@aster/registry`. `code` tells the cases apart. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    Object.defineProperty(RegistryError.prototype, BRAND, { value: true });
  }

  /** Accepts errors of every copy of this package that a program has loaded. */
  static override [Symbol.hasInstance](value: unknown): value is RegistryError {
    // subclasses have no brand of their own
    if (this !== RegistryError) return super[Symbol.hasInstance](value);
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
