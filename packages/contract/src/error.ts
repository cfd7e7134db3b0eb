/**
 * What went wrong, for programs:
 * - `name`: a service, method or field name, or a version, that cannot be carried;
 * - `tag`: a wire type tag that is missing and cannot be derived, or is taken;
 * - `type`: a request, response or field without a wire form;
 * - `method`: a method whose declaration contradicts itself, its class or its contract;
 * - `option`: an option out of range or unknown;
 * - `requires`: a capability requirement that nobody could ever hold, or that says nothing;
 * - `service`: a value that is not, or does not carry, a service definition;
 * - `data`: canonical bytes or a manifest that cannot be read;
 * - `limit`: a definition or manifest larger than anybody may send.
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

/** The one error of this package. Its text names the place and what to do instead. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
