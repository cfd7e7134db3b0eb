import { ContractError } from "./error.ts";
import type { Methods } from "./method.ts";
import type { ServiceOptions, ServiceScope } from "./options.ts";
import { bindClass, definitionOfClass, type ServiceClass } from "./service-class.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import { isServiceDefinition } from "./service-definition.ts";
import type { ServiceHandlers } from "./service-types.ts";

/** Applied to a class with `@`, as a standard or a legacy decorator. */
export type ServiceDecorator<Instance = object> = <C extends ServiceClass<Instance>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void;

/** The key of a decorated class for its definition. A second copy of this package has the same. */
const mark: unique symbol = Symbol.for("aster.service");

function define(target: object, definition: ServiceDefinition): void {
  Object.defineProperty(target, mark, { value: definition, configurable: true });
}

/** Makes a class a service that has the name of the class. */
export function service<C extends ServiceClass>(
  target: C,
  context?: ClassDecoratorContext<C>,
): void;
/** Makes a class a service under the given name. */
export function service(name: string, options?: ServiceOptions): ServiceDecorator;
/** Binds a class to a contract: it must have every method, with the types of the contract. */
export function service<M extends Methods>(
  definition: ServiceDefinition<M>,
): ServiceDecorator<ServiceHandlers<ServiceDefinition<M>>>;
/** Makes a class a service. Its name is that of the class, unless the options contain one. */
export function service(options?: ServiceOptions): ServiceDecorator;
export function service(first: unknown = {}, second: unknown = {}): ServiceDecorator | undefined {
  if (typeof first === "function") {
    attach(first, undefined, {});
    return undefined;
  }
  return (target) => attach(target, first, second as ServiceOptions);
}

function attach(target: unknown, first: unknown, more: ServiceOptions): void {
  if (typeof target !== "function") {
    throw new ContractError("service", "@service can only be applied to a class");
  }
  const cls = target as unknown as ServiceClass;
  if (isServiceDefinition(first)) {
    bindClass(cls, first);
    define(cls, first);
    return;
  }
  const options = typeof first === "object" && first !== null ? (first as ServiceOptions) : more;
  const name = typeof first === "string" ? first : cls.name;
  define(cls, definitionOfClass(cls, name, options));
}

/**
 * The definition of a decorated class, of an instance of one, or of a definition itself. A class
 * without a decorator of its own has that of the class it extends.
 *
 * Throws {@link ContractError} `service` for any other value.
 */
export function serviceDefinitionOf<M extends Methods, S extends ServiceScope>(
  definition: ServiceDefinition<M, S>,
): ServiceDefinition<M, S>;
export function serviceDefinitionOf(value: object): ServiceDefinition;
export function serviceDefinitionOf(value: unknown): ServiceDefinition {
  if (isServiceDefinition(value)) return value;
  const start = typeof value === "object" && value !== null ? value.constructor : value;
  for (let cls: unknown = start; typeof cls === "function"; cls = Object.getPrototypeOf(cls)) {
    // own: a class without a decorator must not hide that of a class which it extends
    const definition: unknown = Object.getOwnPropertyDescriptor(cls, mark)?.value;
    if (isServiceDefinition(definition)) return definition;
  }
  const what = typeof start === "function" && start.name ? start.name : typeof value;
  throw new ContractError(
    "service",
    `${what} is not a service; decorate the class with @service, or pass a defineService() value`,
  );
}
