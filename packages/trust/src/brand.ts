type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Lets `instanceof` of an error class accept the errors of every copy of this package in a program.
 * Subclasses have no brand of their own and use the prototype as usual.
 */
export function brandErrors(errors: ErrorClass, name: string): void {
  const brand = Symbol.for(`aster.${name}`);
  // bundlers rename classes that refer to themselves
  Object.defineProperty(errors, "name", { value: name });
  // on the prototype, so that printed errors do not show it
  Object.defineProperty(errors.prototype, brand, { value: true });
  Object.defineProperty(errors, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== errors) return Function.prototype[Symbol.hasInstance].call(this, value);
      try {
        return typeof value === "object" && value !== null && brand in value;
      } catch {
        // a Proxy whose trap throws
        return false;
      }
    },
  });
}
