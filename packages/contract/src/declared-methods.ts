import { ContractError } from "./error.ts";
import type { MethodPattern } from "./message.ts";
import type { MethodDeclaration } from "./method.ts";

/** A method as it stands on a prototype. */
export type MethodFunction = (...args: never[]) => unknown;

/** One decorated method of a class, by its key. */
export interface DeclaredMethod {
  readonly key: string;
  readonly declaration: MethodDeclaration;
}

const declared = new WeakMap<MethodFunction, MethodDeclaration>();

const RETURNS_STREAM: Record<MethodPattern, boolean> = {
  unary: false,
  server_stream: true,
  client_stream: false,
  bidi_stream: true,
};

/**
 * Refuses what can be seen to be wrong before a first call: a generator where one value is due, an
 * `async` function where a stream is. Code compiled to old targets shows neither and is let pass.
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
      `${place} is an async function* but declared to answer once; declare it with ${instead}()`,
    );
  }
  if (kind === "AsyncFunction" && RETURNS_STREAM[pattern]) {
    throw new ContractError(
      "method",
      `${place} is an async function but declared to answer with a stream; make it an async function*`,
    );
  }
}

/** Keeps what a decorator was told about a method. */
export function declareMethod(
  method: MethodFunction,
  declaration: MethodDeclaration,
  called: string,
): void {
  const place = `@${called} on ${method.name}`;
  if (declared.has(method)) {
    throw new ContractError("method", `${place}: the method is declared twice; keep one decorator`);
  }
  checkPattern(method, declaration.pattern, place);
  declared.set(method, declaration);
}

/** The function a class has under a key, its own or inherited; accessors do not count. */
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

/** Declared methods of a class, inherited ones first; an override keeps the declaration it overrides. */
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
      const declaration = typeof value === "function" ? declared.get(value) : undefined;
      if (declaration) found.set(key, { key, declaration });
    }
  }
  return [...found.values()];
}
