/**
 * The kind of an error of a registry.
 *
 * - `"key"`: a name or id that a key cannot hold
 * - `"record"`: bytes that are not a record, or a value that a record cannot hold
 * - `"option"`: an option or address that cannot be used
 * - `"missing"`: the registry knows nothing about it
 * - `"unavailable"`: endpoints are known, but none can take calls; or no peer of the registry
 *   answered
 * - `"contract"`: a peer gave other bytes than those of the contract or its manifest
 * - `"drift"`: a service differs from its committed manifest
 * - `"closed"`: the registry is closed, or the signal was aborted
 */
export type RegistryErrorCode =
  | "key"
  | "record"
  | "option"
  | "missing"
  | "unavailable"
  | "contract"
  | "drift"
  | "closed";

const BRAND = Symbol.for("aster.RegistryError");

/** The error class of `@aster/registry`. `code` tells the cases apart. */
export class RegistryError extends Error {
  override readonly name: string = "RegistryError";
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(RegistryError, "name", { value: "RegistryError" });
    // on the prototype, so that printed errors do not show it
    Object.defineProperty(RegistryError.prototype, BRAND, { value: true });
    Object.defineProperty(RegistryError, Symbol.hasInstance, { value: hasInstance });
  }
}

/**
 * `instanceof` of {@link RegistryError} accepts errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== RegistryError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}
