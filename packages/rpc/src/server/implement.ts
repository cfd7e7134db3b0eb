import type { Methods, ServiceDefinition, ServiceHandlers } from "@aster/contract";

/** A definition and what serves it, as one value for `services`. */
export interface ServiceImplementation {
  readonly kind: "implementation";
  readonly definition: ServiceDefinition;
  readonly handlers: object;
}

/** Binds plain functions to a definition, one per method; they are called as methods of `handlers`. */
export function implement<M extends Methods>(
  definition: ServiceDefinition<M>,
  handlers: ServiceHandlers<ServiceDefinition<M>>,
): ServiceImplementation {
  return Object.freeze({ kind: "implementation", definition, handlers });
}

/** Whether a value was made by {@link implement}. */
export function isImplementation(value: object): value is ServiceImplementation {
  return (value as Partial<ServiceImplementation>).kind === "implementation";
}
