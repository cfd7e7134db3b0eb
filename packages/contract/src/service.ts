import type { AttachedValues, ContextCheck } from "./context-check.ts";
import { ContractError } from "./error.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Methods } from "./method.ts";
import {
  type AttachmentOptions,
  checkAttachment,
  type ServiceClassOptions,
  type ServiceScope,
} from "./options.ts";
import { bindClass, definitionOfClass, type ServiceClass } from "./service-class.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import { isServiceDefinition } from "./service-definition.ts";
import type { ServiceHandlers } from "./service-types.ts";

/**
 * Applied to a class with `@`, as a standard or a legacy decorator. `V` are the values that its
 * methods may use in their context.
 */
export type ServiceDecorator<Instance = object, V = unknown> = <C extends ServiceClass<Instance>>(
  target: C & ContextCheck<C, V>,
  context?: ClassDecoratorContext<C>,
) => void;

/** The key of a decorated class for its definition. A second copy of this package has the same. */
const mark: unique symbol = Symbol.for("aster.service");

/** The key of a decorated class for what it adds to its definition. */
const attachmentMark: unique symbol = Symbol.for("aster.service.attachment");

function define(
  target: object,
  definition: ServiceDefinition,
  { interceptors = [], needs = {} }: AttachmentOptions,
): void {
  Object.defineProperty(target, mark, { value: definition, configurable: true });
  const attachment: Attachment = Object.freeze({
    interceptors: Object.freeze([...interceptors]),
    needs: Object.freeze(Object.keys(needs)),
  });
  Object.defineProperty(target, attachmentMark, { value: attachment, configurable: true });
}

/** The interceptors of an implementation, and the names of the context values that it needs. */
export interface Attachment {
  readonly interceptors: readonly Interceptor[];
  readonly needs: readonly string[];
}

/** Makes a class a service that has the name of the class. */
export function service<C extends ServiceClass>(
  target: C,
  context?: ClassDecoratorContext<C>,
): void;
/** Makes a class a service under the given name. */
export function service<const O extends ServiceClassOptions>(
  name: string,
  options?: O,
): ServiceDecorator<object, AttachedValues<O>>;
/** Binds a class to a contract: it must have every method, with the types of the contract. */
export function service<M extends Methods, const O extends AttachmentOptions = object>(
  definition: ServiceDefinition<M>,
  options?: O,
): ServiceDecorator<ServiceHandlers<ServiceDefinition<M>, AttachedValues<O>>, AttachedValues<O>>;
/** Makes a class a service. Its name is that of the class, unless the options contain one. */
export function service<const O extends ServiceClassOptions>(
  options?: O,
): ServiceDecorator<object, AttachedValues<O>>;
export function service(first: unknown = {}, second: unknown = {}): unknown {
  if (typeof first === "function") {
    attach(first, undefined, {});
    return undefined;
  }
  return (target: unknown) => attach(target, first, second as ServiceClassOptions);
}

function attach(target: unknown, first: unknown, more: ServiceClassOptions): void {
  if (typeof target !== "function") {
    throw new ContractError("service", "@service can only be applied to a class");
  }
  const cls = target as unknown as ServiceClass;
  if (isServiceDefinition(first)) {
    const place = `${cls.name}, bound to the contract ${first.name}`;
    checkAttachment(more, place);
    bindClass(cls, first);
    define(cls, first, more);
    return;
  }
  const given = typeof first === "object" && first !== null ? (first as ServiceClassOptions) : more;
  const { needs, ...options } = given;
  const name = typeof first === "string" ? first : cls.name;
  checkAttachment({ needs }, name);
  define(cls, definitionOfClass(cls, name, options), { needs });
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
  const definition: unknown = markOf(value, mark);
  if (isServiceDefinition(definition)) return definition;
  const start = classOf(value);
  const what = typeof start === "function" && start.name ? start.name : typeof value;
  throw new ContractError(
    "service",
    `${what} is not a service; decorate the class with @service, or pass a defineService() value`,
  );
}

/** The additions of a decorated class, or of the class of an instance, to its definition. */
export function attachmentOf(value: object): Attachment {
  return (markOf(value, attachmentMark) as Attachment | undefined) ?? NOTHING;
}

const NOTHING: Attachment = Object.freeze({ interceptors: [], needs: [] });

const classOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? value.constructor : value;

function markOf(value: unknown, key: symbol): unknown {
  for (let cls = classOf(value); typeof cls === "function"; cls = Object.getPrototypeOf(cls)) {
    // own: a class without a decorator must not hide that of a class which it extends
    const marked: unknown = Object.getOwnPropertyDescriptor(cls, key)?.value;
    if (marked !== undefined) return marked;
  }
  return undefined;
}
