/** The key of the method with which `util.inspect`, and so `console.log`, formats an object. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Facts about an object that help to recognise it; the first one names it. Never a secret. */
export type Facts = Readonly<Record<string, unknown>>;

type Inspect = (value: unknown, options: object) => string;

/**
 * Defines on a prototype the form that its objects have in `console.log`, `Name { …facts }`, and in
 * templates and comparisons, by default `[Name first fact]`.
 */
export function showAs<T extends object>(
  prototype: T,
  name: string,
  factsOf: (object: T) => Facts,
  textOf: (object: T) => string = (object) =>
    `[${name} ${String(Object.values(factsOf(object))[0])}]`,
): T {
  function inspected(this: T, depth: number | null, options: object, inspect: Inspect): string {
    if (depth !== null && depth < 0) return `[${name}]`;
    return `${name} ${inspect(factsOf(this), { ...options, depth })}`;
  }
  function text(this: T): string {
    return textOf(this);
  }
  return Object.defineProperties(prototype, {
    [INSPECT]: { value: inspected },
    [Symbol.toPrimitive]: { value: text },
    toString: { value: text },
  });
}

/**
 * Returns the prototype of an object whose own members are the methods of a service. It has no
 * prototype itself, so that an object has no member that its service does not have.
 */
export function showingPrototype(name: string, facts: Facts): object {
  return showAs(Object.create(null) as object, name, () => facts);
}
