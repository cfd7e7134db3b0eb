import type { CompressionSetting } from "./compression-setting.ts";
import type { ErrorTypes } from "./error-type.ts";
import type { Interceptor } from "./interceptor.ts";
import type { MessageSchema, MethodPattern } from "./message.ts";
import type { ErrorsOfShape, Methods } from "./method.ts";
import type { ServiceScope } from "./options.ts";
import type { CapabilityRequirement } from "./requirement.ts";
import type { SerializationMode } from "./serialization-mode.ts";

/** One method of a definition, with defaults filled in. */
export interface ServiceMethod<
  P extends MethodPattern = MethodPattern,
  Req extends MessageSchema = MessageSchema,
  Res extends MessageSchema = MessageSchema,
  E extends ErrorTypes = ErrorTypes,
> {
  /** The property of clients and handlers in TypeScript. */
  readonly key: string;
  /** The name on the wire and in the contract. */
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
  /** The declared errors, by the names that handlers throw them under; not hashed. */
  readonly errors: E;
  /** They run inside those of the service. */
  readonly interceptors: readonly Interceptor[];
  readonly maxConcurrentCalls: number | undefined;
  readonly maxClientStreamItems: number | undefined;
  readonly compression: CompressionSetting | undefined;
  readonly description: string | undefined;
}

/**
 * A service as one frozen value. Clients, servers, contract ids, manifests and tools read it. It
 * holds no handlers.
 */
export interface ServiceDefinition<
  M extends Methods = Methods,
  S extends ServiceScope = ServiceScope,
> {
  readonly kind: "service";
  readonly name: string;
  readonly version: number;
  readonly scoped: S;
  /**
   * Never set: for the compiler only. As a method it relates every scope to `ServiceScope` in both
   * directions, but not one scope to the other, so that functions can refuse a scope.
   */
  "~scope"?(scope: S): void;
  /** The preferred mode first; never empty. */
  readonly serialization: readonly SerializationMode[];
  readonly interceptors: readonly Interceptor[];
  readonly maxConcurrentStreams: number | undefined;
  readonly maxConcurrentCalls: number | undefined;
  readonly maxClientStreamItems: number | undefined;
  readonly compression: CompressionSetting | undefined;
  readonly requires: CapabilityRequirement | undefined;
  readonly description: string | undefined;
  /** The methods by their key in TypeScript. */
  readonly methods: {
    readonly [K in keyof M]: ServiceMethod<
      M[K]["pattern"],
      M[K]["request"],
      M[K]["response"],
      ErrorsOfShape<M[K]>
    >;
  };
  /** The methods by their name on the wire. */
  readonly byName: ReadonlyMap<string, ServiceMethod>;
}

/** Returns `true` for a service definition, made by this copy of the package or another one. */
export function isServiceDefinition(value: unknown): value is ServiceDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { kind, methods, byName } = value as Partial<ServiceDefinition>;
  return kind === "service" && typeof methods === "object" && byName instanceof Map;
}
