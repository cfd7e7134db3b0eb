/**
 * The kind of a mistake, for programs:
 * - `name`: a name of a service, method or field, or a version, that cannot be encoded;
 * - `tag`: a wire type tag that is missing and cannot be derived, or is used twice;
 * - `type`: a request, response or field that is not a wire type;
 * - `method`: a method whose declaration contradicts itself, its class or its contract;
 * - `option`: an unknown option, or a value out of range;
 * - `requires`: a capability requirement that is empty or malformed;
 * - `service`: a value that is not a service definition and does not have one;
 * - `data`: canonical bytes or a manifest that cannot be read;
 * - `limit`: a definition or manifest that exceeds a bound.
 */
export type ContractErrorCode =
  | "name"
  | "tag"
  | "type"
  | "method"
  | "option"
  | "requires"
  | "service"
  | "data"
  | "limit";

const BRAND = Symbol.for("aster.ContractError");

/** The error class of `@aster/contract`. Its text names the place and the remedy. */
export class ContractError extends Error {
  override readonly name: string = "ContractError";
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  static {
    // bundlers rename classes that refer to themselves
    Object.defineProperty(ContractError, "name", { value: "ContractError" });
    // on the prototype, so that printed errors do not show it
    Object.defineProperty(ContractError.prototype, BRAND, { value: true });
    Object.defineProperty(ContractError, Symbol.hasInstance, { value: hasInstance });
  }
}

/**
 * `instanceof` of {@link ContractError} accepts errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
function hasInstance(this: unknown, value: unknown): boolean {
  if (this !== ContractError) return Function.prototype[Symbol.hasInstance].call(this, value);
  try {
    return typeof value === "object" && value !== null && BRAND in value;
  } catch {
    // a Proxy whose trap throws
    return false;
  }
}
