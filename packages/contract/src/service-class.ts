import {
  checkPattern,
  type DeclaredMethod,
  declaredMethods,
  type MethodFunction,
  methodOfClass,
} from "./declared-methods.ts";
import { buildService, type MethodEntry } from "./define-service.ts";
import { ContractError } from "./error.ts";
import type { ServiceOptions } from "./options.ts";
import type { ServiceDefinition } from "./service-definition.ts";

/** Any class. */
export type ServiceClass<Instance = object> = abstract new (...args: never[]) => Instance;

/** The definition that the decorators of a class make. */
export function definitionOfClass(
  target: ServiceClass,
  name: string,
  options: ServiceOptions,
): ServiceDefinition {
  const entries = declaredMethods(target).map((declared) => methodEntry(target, declared));
  if (entries.length === 0) {
    throw new ContractError(
      "service",
      `${target.name} declares no methods; put @rpc(Request, Response) on one, below any ` +
        "decorator that replaces the method",
    );
  }
  const definition = buildService(name, options, entries);
  checkSessionClass(target, definition);
  return definition;
}

function methodEntry(target: ServiceClass, { key, declaration }: DeclaredMethod): MethodEntry {
  const place = `${target.name}.${key}`;
  const { pattern, types } = declaration;
  if (types === undefined) {
    throw new ContractError(
      "method",
      `${place} is declared without types; use @rpc(Request, Response), or bind the class to a ` +
        "contract with @service(Definition)",
    );
  }
  const method = methodOfClass(target, key);
  if (method === undefined) {
    throw new ContractError(
      "method",
      `${place} is declared as a method but overridden by another value; make it a method`,
    );
  }
  checkPattern(method, pattern, place);
  return { key, pattern, ...types };
}

/** Checks that a class has every method of a contract and declares none differently. */
export function bindClass(target: ServiceClass, definition: ServiceDefinition): void {
  const place = `${target.name}, bound to the contract ${definition.name}`;
  for (const declared of declaredMethods(target)) checkAgrees(definition, declared, place);
  for (const { key, pattern } of Object.values(definition.methods)) {
    checkPattern(methodFor(target, key, place), pattern, `${place}: ${key}`);
  }
  checkSessionClass(target, definition);
}

function methodFor(target: ServiceClass, key: string, place: string): MethodFunction {
  const method = methodOfClass(target, key);
  if (method !== undefined) return method;
  throw new ContractError("method", `${place}: the method ${key} is missing; implement it`);
}

function checkAgrees(
  { methods }: ServiceDefinition,
  { key, declaration: { pattern, types } }: DeclaredMethod,
  place: string,
): void {
  const method = Object.hasOwn(methods, key) ? methods[key] : undefined;
  if (method === undefined) {
    throw new ContractError(
      "method",
      `${place}: the contract has no method ${key}; add it there or remove its decorator`,
    );
  }
  const sameTypes =
    types === undefined || (types.request === method.request && types.response === method.response);
  if (method.pattern === pattern && sameTypes) return;
  throw new ContractError(
    "method",
    `${place}: ${key} is declared differently than in the contract (${method.pattern}); ` +
      "leave types and options to the contract",
  );
}

/** A session is constructed for one peer, so its constructor must take the peer. */
function checkSessionClass(target: ServiceClass, { scoped }: ServiceDefinition): void {
  if (scoped !== "session") return;
  for (let ancestor: unknown = target; typeof ancestor === "function"; ) {
    if (ancestor.length > 0) return;
    ancestor = Object.getPrototypeOf(ancestor);
  }
  throw new ContractError(
    "service",
    `${target.name} is scoped to a session, but its constructor takes no peer; ` +
      "write constructor(peer: string)",
  );
}
