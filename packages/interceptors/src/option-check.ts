import { optionError, unknownOption } from "@aster/rpc/interceptor";

// Checks of options that those of @aster/rpc/interceptor do not cover. All throw `RpcError`
// INVALID_ARGUMENT with the name of the option.

/** Throws for options that are not an object, and for one whose name is not in `known`. */
export function checkNames(factory: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw optionError(`of ${factory}`, "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownOption(name, known);
  }
}

/** Throws for a value that is neither a function nor `undefined`. */
export function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw optionError(option, "a function", value);
}
