import { contractIdOf, serviceDefinitionOf } from "@aster/contract";
import type { RankingStrategy, RegistryQuery } from "@aster/registry";
import type { ServiceReference } from "../client/client.ts";
import { optionError } from "../option-check.ts";
import type { ProducerRegistry } from "./producer-registry.ts";

/** The selection of a peer in a registry. */
export interface ProducerChoice {
  /** The address of a registry, or an open one, which its creator closes. */
  readonly registry: string | ProducerRegistry;
  /**
   * The service to call: its definition or class, or its name. With a definition, producers of its
   * very contract come first, then those of its version.
   */
  readonly service: ServiceReference | string;
  /** Calls this version instead. */
  readonly version?: number | undefined;
  /** Calls the contract of this channel instead, such as `stable`. */
  readonly channel?: string | undefined;
  /** Calls the contract of this tag instead. */
  readonly tag?: string | undefined;
  /** The order of producers with equal health. Default: `"round-robin"`. */
  readonly strategy?: RankingStrategy | undefined;
  /** Leaves out producers of other policy realms. Default: all realms. */
  readonly realm?: string | undefined;
}

const STRATEGIES: readonly string[] = ["round-robin", "least-load", "random", "lowest-rtt"];

/** Modes that a client can use. The offer of a producer decides which one a call has. */
const MODES: readonly string[] = ["fory-xlang", "native", "row", "json"];

export function isProducerChoice(value: unknown): value is ProducerChoice {
  return typeof value === "object" && value !== null && "registry" in value;
}

/** Throws INVALID_ARGUMENT for an option that cannot be used. */
export function checkProducerChoice({ registry, strategy }: ProducerChoice): void {
  if (strategy !== undefined && !STRATEGIES.includes(strategy)) {
    throw optionError("strategy", `one of ${STRATEGIES.join(", ")}`, strategy);
  }
  if (typeof registry === "string" || typeof registry?.resolve === "function") return;
  throw optionError("registry", "the address of a registry or an open Registry", registry);
}

/** Returns the queries of a choice. The first that finds producers counts. */
export function queriesOf(choice: ProducerChoice): readonly [RegistryQuery, ...RegistryQuery[]] {
  const { service, version, channel, tag, strategy, realm } = choice;
  const common = { modes: MODES, strategy, realm };
  if (typeof service === "string") return [{ ...common, service, version, channel, tag }];
  const definition = serviceDefinitionOf(service);
  const named = { ...common, service: definition.name };
  if (version !== undefined || channel !== undefined || tag !== undefined) {
    return [{ ...named, version, channel, tag }];
  }
  return [
    { ...named, contractId: contractIdOf(definition) },
    { ...named, version: definition.version },
  ];
}
