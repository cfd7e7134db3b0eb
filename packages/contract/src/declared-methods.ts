// The declarations of decorated methods. A method decorator stores its declaration in the method
// function, under a key that all copies of this package share; @service collects the declarations
// of the class when it is applied.

import { ContractError } from "./error.ts";
import type { MethodPattern } from "./message.ts";
import type { MethodDeclaration } from "./method.ts";

/** A method on a prototype. */
export type MethodFunction = (...args: never[]) => unknown;

/** A decorated method of a class, with its key. */
export interface DeclaredMethod {
  readonly key: string;
  readonly declaration: MethodDeclaration;
}

const mark: unique symbol = Symbol.for("aster.method");

/** The declaration that a decorator made of a method. */
function declarationOf(method: MethodFunction): MethodDeclaration | undefined {
  return Object.getOwnPropertyDescriptor(method, mark)?.value as MethodDeclaration | undefined;
}

const RETURNS_STREAM: Record<MethodPattern, boolean> = {
  unary: false,
  server_stream: true,
  client_stream: false,
  bidi_stream: true,
};

/**
 * Refuses a method whose kind of function does not fit its pattern: a generator that should return
 * one value, or an `async` function that should return a stream. Code compiled to old targets does
 * not show the kind and is accepted.
 */
export function checkPattern(method: MethodFunction, pattern: MethodPattern, place: string): void {
  const kind = Object.prototype.toString.call(method).slice("[object ".length, -1);
  if (kind === "GeneratorFunction") {
    throw new ContractError("method", `${place} is a function*; make it an async function*`);
  }
  if (kind === "AsyncGeneratorFunction" && !RETURNS_STREAM[pattern]) {
    const instead = pattern === "unary" ? "serverStream" : "bidiStream";
    throw new ContractError(
      "method",
      `${place} is an async function* but declared with one response; declare it with ${instead}()`,
    );
  }
  if (kind === "AsyncFunction" && RETURNS_STREAM[pattern]) {
    throw new ContractError(
      "method",
      `${place} is an async function but declared with a stream of responses; make it an ` +
        "async function*",
    );
  }
}

/** Stores the declaration that a decorator makes of a method. `called` is the decorator's name. */
export function declareMethod(
  method: MethodFunction,
  declaration: MethodDeclaration,
  called: string,
): void {
  const place = `@${called} on ${method.name}`;
  if (declarationOf(method)) {
    throw new ContractError("method", `${place}: the method is declared twice; keep one decorator`);
  }
  checkPattern(method, declaration.pattern, place);
  Object.defineProperty(method, mark, { value: declaration });
}

/** The own or inherited method of a class with a key. Accessors are not methods. */
export function methodOfClass(
  target: abstract new (...args: never[]) => unknown,
  key: string,
): MethodFunction | undefined {
  for (let proto = target.prototype; proto && proto !== Object.prototype; ) {
    const own = Object.getOwnPropertyDescriptor(proto, key);
    if (own) return typeof own.value === "function" ? (own.value as MethodFunction) : undefined;
    proto = Object.getPrototypeOf(proto);
  }
  return undefined;
}

/**
 * The declared methods of a class, inherited ones first. An override without a decorator keeps the
 * declaration of the method that it overrides.
 */
export function declaredMethods(
  target: abstract new (...args: never[]) => unknown,
): readonly DeclaredMethod[] {
  const chain: object[] = [];
  for (let proto: object | null = target.prototype; proto && proto !== Object.prototype; ) {
    chain.unshift(proto);
    proto = Object.getPrototypeOf(proto);
  }
  const found = new Map<string, DeclaredMethod>();
  for (const proto of chain) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      const declaration = typeof value === "function" ? declarationOf(value) : undefined;
      if (declaration) found.set(key, { key, declaration });
    }
  }
  return [...found.values()];
}
