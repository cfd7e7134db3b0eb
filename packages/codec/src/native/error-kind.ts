interface ErrorClass {
  readonly prototype: Error;
  readonly name: string;
}

/** The standard errors. The index is the kind on the wire; `AggregateError` is the last. */
export const errorClasses: readonly ErrorClass[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
];

/** The parts of an error that follow. */
export const ErrorFlag = { message: 1, cause: 2, name: 4, errors: 8 } as const;

/** Makes an error of a kind, or returns undefined for an unknown kind. */
export function makeError(place: number, message: string | undefined): Error | undefined {
  const Class = errorClasses[place];
  if (!Class) return undefined;
  if (Class === AggregateError) return new AggregateError([], message);
  return new (Class as ErrorConstructor)(message);
}
