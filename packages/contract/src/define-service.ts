// Builds service definitions: defineService of methods made by unary() and its siblings, and
// service-class.ts of the methods of a decorated class. Everything is checked here once, so that
// clients, servers and tools can rely on a definition.

import { snakeCase } from "@aster/codec";
import { AutoTagger } from "./auto-tag.ts";
import { ContractError } from "./error.ts";
import { errorTypesOf } from "./error-type.ts";
import { METHOD_PATTERNS, type MethodPattern } from "./message.ts";
import type { Methods } from "./method.ts";
import { checkMethodKey, methodName, serviceName, serviceVersion } from "./names.ts";
import type { MethodOptions, ServiceOptions, ServiceScope } from "./options.ts";
import { checkMethodOptions, checkServiceOptions } from "./options.ts";
import { requirementOf } from "./requirement.ts";
import { serializationMode, serializationModes } from "./serialization-mode.ts";
import type { ServiceDefinition, ServiceMethod } from "./service-definition.ts";

/** The most methods of a service, because readers of manifests accept no more. */
export const MOST_METHODS = 10_000;

/** One method on its way into a definition. Its types may still be untagged. */
export interface MethodEntry {
  readonly key: string;
  readonly pattern: MethodPattern;
  readonly request: unknown;
  readonly response: unknown;
  readonly options: MethodOptions;
}

function methodOf(
  entry: MethodEntry,
  service: string,
  tagger: AutoTagger,
  naming: ServiceOptions["naming"],
): ServiceMethod {
  const { key, pattern, options } = entry;
  const place = `${service}.${key}`;
  checkMethodKey(service, key);
  if (!METHOD_PATTERNS.includes(pattern)) {
    throw new ContractError(
      "method",
      `${place} is not a method; declare it with unary(), serverStream(), clientStream() or ` +
        "bidiStream()",
    );
  }
  checkMethodOptions(options, pattern, place);
  const { serialization } = options;
  return Object.freeze({
    key,
    name: methodName(options.name ?? (naming === "snake" ? snakeCase(key) : key)),
    pattern,
    request: tagger.wireTypeOf(entry.request, key, "Request"),
    response: tagger.wireTypeOf(entry.response, key, "Response"),
    timeoutMs: options.timeoutMs,
    idempotent: options.idempotent ?? false,
    serialization:
      serialization === undefined ? undefined : serializationMode(serialization, place),
    requires: requirementOf(options.requires, place),
    errors: errorTypesOf(options.errors, place),
    interceptors: Object.freeze([...(options.interceptors ?? [])]),
    maxConcurrentCalls: options.maxConcurrentCalls,
    maxClientStreamItems: options.maxClientStreamItems,
    compression: options.compression,
    description: options.description,
  });
}

/** The methods of a service by their name on the wire. */
function methodsByName(
  service: string,
  entries: readonly MethodEntry[],
  naming: ServiceOptions["naming"],
): Map<string, ServiceMethod> {
  if (entries.length > MOST_METHODS) {
    throw new ContractError("limit", `${service} has more than ${MOST_METHODS} methods; split it`);
  }
  const tagger = new AutoTagger(service);
  const byName = new Map<string, ServiceMethod>();
  for (const entry of entries) {
    const method = methodOf(entry, service, tagger, naming);
    const other = byName.get(method.name);
    if (other) {
      throw new ContractError(
        "method",
        `${service}: ${other.key} and ${method.key} are both "${method.name}" on the wire; ` +
          "give one of them another { name }",
      );
    }
    byName.set(method.name, method);
  }
  return byName;
}

/** Builds a definition from checked entries and options. Throws {@link ContractError}. */
export function buildService(
  givenName: string,
  options: ServiceOptions,
  entries: readonly MethodEntry[],
): ServiceDefinition {
  const name = serviceName(options.name ?? givenName);
  checkServiceOptions(options, name);
  const byName = methodsByName(name, entries, options.naming);
  const methods: Record<string, ServiceMethod> = {};
  for (const method of byName.values()) methods[method.key] = method;
  return Object.freeze({
    kind: "service",
    name,
    version: serviceVersion(name, options.version ?? 1),
    scoped: options.scoped === "stream" ? "session" : (options.scoped ?? "shared"),
    serialization: serializationModes(options.serialization, name),
    interceptors: Object.freeze([...(options.interceptors ?? [])]),
    maxConcurrentStreams: options.maxConcurrentStreams,
    maxConcurrentCalls: options.maxConcurrentCalls,
    maxClientStreamItems: options.maxClientStreamItems,
    compression: options.compression,
    requires: requirementOf(options.requires, name),
    description: options.description,
    methods: Object.freeze(methods),
    byName,
  });
}

/** The scope in the type of some options, or every scope if the type leaves it open. */
export type ScopeOf<O extends ServiceOptions> = "scoped" extends keyof O
  ? O["scoped"] extends "stream" | "session"
    ? "session"
    : O["scoped"] extends "shared" | undefined
      ? "shared"
      : ServiceScope
  : "shared";

/**
 * Defines a service by its name, its options and its methods. The methods are made with
 * {@link unary}, {@link serverStream}, {@link clientStream} and {@link bidiStream}.
 *
 * Throws {@link ContractError} for a name, an option or a type that a contract cannot hold.
 */
export function defineService<const M extends Methods, const O extends ServiceOptions>(
  name: string,
  options: O,
  methods: M,
): ServiceDefinition<M, ScopeOf<O>> {
  const entries = Object.entries(methods).map(([key, method]) => ({
    key,
    pattern: method?.pattern,
    request: method?.request,
    response: method?.response,
    options: method?.options ?? {},
  }));
  return buildService(name, options, entries) as ServiceDefinition as ServiceDefinition<
    M,
    ScopeOf<O>
  >;
}
