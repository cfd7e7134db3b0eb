/**
 * What is wrong with a registry entry.
 *
 * - `"key"`: a name or id that cannot be part of a key
 * - `"record"`: bytes that are no record, or a value no record may hold
 */
export type RegistryErrorCode = "key" | "record";

/** The one error class of `@aster/registry`; tell cases apart by `code`. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
