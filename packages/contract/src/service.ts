import { checkPattern, declaredMethods, methodOfClass } from "./declared-methods.ts";
import { buildService, type MethodEntry } from "./define-service.ts";
import { ContractError } from "./error.ts";
import type { Methods } from "./method.ts";
import type { ServiceOptions, ServiceScope } from "./options.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import { isServiceDefinition } from "./service-definition.ts";
import type { ServiceHandlers } from "./service-types.ts";

/** Any class. */
export type ServiceClass<Instance = object> = abstract new (...args: never[]) => Instance;

/** Applied to a class with `@`, by either kind of decorators. */
export type ServiceDecorator<Instance = object> = <C extends ServiceClass<Instance>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void;

const definitions = new WeakMap<object, ServiceDefinition>();

/** A session is constructed per caller, so its constructor must have room for the peer. */
function checkSessionClass(target: ServiceClass): void {
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

function define(target: ServiceClass, name: string, options: ServiceOptions): ServiceDefinition {
  const entries = declaredMethods(target).map(({ key, declaration }): MethodEntry => {
    const { pattern, types } = declaration;
    const method = methodOfClass(target, key);
    if (types === undefined || method === undefined) {
      throw new ContractError(
        "method",
        types === undefined
          ? `${target.name}.${key} is declared without types; give them, @rpc(Request, Response), ` +
              "or bind the class to a contract with @service(Definition)"
          : `${target.name}.${key} is declared as a method but overridden by something else`,
      );
    }
    checkPattern(method, pattern, `${target.name}.${key}`);
    return { key, pattern, ...types };
  });
  if (entries.length === 0) {
    throw new ContractError(
      "service",
      `${target.name} declares no method; put @rpc(Request, Response) on one. A decorator that ` +
        "replaces a method must stand below @rpc",
    );
  }
  return buildService(name, options, entries);
}

function bind(target: ServiceClass, definition: ServiceDefinition): ServiceDefinition {
  const place = `${target.name}, bound to the contract ${definition.name}`;
  for (const { key, declaration } of declaredMethods(target)) {
    const method = Object.hasOwn(definition.methods, key) ? definition.methods[key] : undefined;
    const { pattern, types } = declaration;
    const agrees =
      method?.pattern === pattern &&
      (types === undefined ||
        (types.request === method.request && types.response === method.response));
    if (!agrees) {
      throw new ContractError(
        "method",
        method === undefined
          ? `${place}: the contract has no method ${key}; add it there or drop its decorator`
          : `${place}: ${key} is declared otherwise than in the contract (${method.pattern}); ` +
              "leave types and options to the contract",
      );
    }
  }
  for (const { key, pattern } of Object.values(definition.methods)) {
    const method = methodOfClass(target, key);
    if (method === undefined) {
      throw new ContractError("method", `${place}: the method ${key} is missing; write it`);
    }
    checkPattern(method, pattern, `${place}: ${key}`);
  }
  return definition;
}

function attach(target: unknown, first: unknown, more: ServiceOptions): void {
  if (typeof target !== "function") {
    throw new ContractError("service", "@service can only be applied to a class");
  }
  const cls = target as unknown as ServiceClass;
  const options = typeof first === "object" && first !== null ? (first as ServiceOptions) : more;
  const definition = isServiceDefinition(first)
    ? bind(cls, first)
    : define(cls, typeof first === "string" ? first : cls.name, options);
  if (definition.scoped === "session") checkSessionClass(cls);
  definitions.set(cls, definition);
}

/** Makes a class a service under its own name. */
export function service<C extends ServiceClass>(
  target: C,
  context?: ClassDecoratorContext<C>,
): void;
/** Makes a class a service under the given name. */
export function service(name: string, options?: ServiceOptions): ServiceDecorator;
/** Binds a class to a contract: it must have every method of it, with the contract's types. */
export function service<M extends Methods>(
  definition: ServiceDefinition<M>,
): ServiceDecorator<ServiceHandlers<ServiceDefinition<M>>>;
/** Makes a class a service; the name is the class's unless the options give one. */
export function service(options?: ServiceOptions): ServiceDecorator;
export function service(first: unknown = {}, second: unknown = {}): ServiceDecorator | undefined {
  if (typeof first === "function") {
    attach(first, undefined, {});
    return undefined;
  }
  return (target) => attach(target, first, second as ServiceOptions);
}

/**
 * The definition of a decorated class, of an instance of one, or of a definition itself. A class
 * without a decorator of its own has that of the class it extends.
 *
 * Throws {@link ContractError} `service` when there is none.
 */
export function serviceDefinitionOf<M extends Methods, S extends ServiceScope>(
  definition: ServiceDefinition<M, S>,
): ServiceDefinition<M, S>;
export function serviceDefinitionOf(value: object): ServiceDefinition;
export function serviceDefinitionOf(value: unknown): ServiceDefinition {
  if (isServiceDefinition(value)) return value;
  const start = typeof value === "object" && value !== null ? value.constructor : value;
  for (let cls: unknown = start; typeof cls === "function"; cls = Object.getPrototypeOf(cls)) {
    const definition = definitions.get(cls);
    if (definition) return definition;
  }
  const what = typeof start === "function" && start.name ? start.name : typeof value;
  throw new ContractError(
    "service",
    `${what} is no service: decorate the class with @service, or pass a defineService() value`,
  );
}
