import type { ErrorTypes } from "./error-type.ts";
import type { Interceptor } from "./interceptor.ts";
import type { MessageSchema, MethodPattern } from "./message.ts";
import type { ErrorsOfShape, Methods } from "./method.ts";
import type { ServiceScope } from "./options.ts";
import type { CapabilityRequirement } from "./requirement.ts";
import type { SerializationMode } from "./serialization-mode.ts";

/** One method of a service, with everything settled. */
export interface ServiceMethod<
  P extends MethodPattern = MethodPattern,
  Req extends MessageSchema = MessageSchema,
  Res extends MessageSchema = MessageSchema,
  E extends ErrorTypes = ErrorTypes,
> {
  /** The property it is called by in TypeScript. */
  readonly key: string;
  /** Its name on the wire and in the contract. */
  readonly name: string;
  readonly pattern: P;
  /** A wire type. */
  readonly request: Req;
  /** A wire type. */
  readonly response: Res;
  readonly timeoutMs: number | undefined;
  readonly idempotent: boolean;
  readonly serialization: SerializationMode | undefined;
  readonly requires: CapabilityRequirement | undefined;
  /** What it may end with, by the names they are thrown under; not hashed. */
  readonly errors: E;
  /** Run inside those of the service. */
  readonly interceptors: readonly Interceptor[];
  readonly maxConcurrentCalls: number | undefined;
  readonly description: string | undefined;
}

/**
 * A service as one plain frozen value. Client, server, contract id, manifest and tools all read
 * it; it holds no server code.
 */
export interface ServiceDefinition<
  M extends Methods = Methods,
  S extends ServiceScope = ServiceScope,
> {
  readonly kind: "service";
  readonly name: string;
  readonly version: number;
  readonly scoped: S;
  /** Preferred first; never empty. */
  readonly serialization: readonly SerializationMode[];
  readonly interceptors: readonly Interceptor[];
  readonly maxConcurrentStreams: number | undefined;
  readonly maxConcurrentCalls: number | undefined;
  readonly requires: CapabilityRequirement | undefined;
  readonly description: string | undefined;
  /** By the key they are called under in TypeScript. */
  readonly methods: {
    readonly [K in keyof M]: ServiceMethod<
      M[K]["pattern"],
      M[K]["request"],
      M[K]["response"],
      ErrorsOfShape<M[K]>
    >;
  };
  /** By the name on the wire. */
  readonly byName: ReadonlyMap<string, ServiceMethod>;
}

/** Whether a value is a service definition, made by this copy of the package or another. */
export function isServiceDefinition(value: unknown): value is ServiceDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { kind, methods, byName } = value as Partial<ServiceDefinition>;
  return kind === "service" && typeof methods === "object" && byName instanceof Map;
}
