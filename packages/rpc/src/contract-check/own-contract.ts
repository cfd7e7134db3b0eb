import {
  contractIdOf,
  methodIdsOf,
  type ServiceDefinition,
  type ServiceScope,
} from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";

/** The contract of a client: that of its definition, or of the manifest of its proxy. */
export interface OwnContract {
  readonly name: string;
  readonly version: number;
  readonly scoped: ServiceScope;
  /** The names of the methods on the wire. */
  readonly methods: readonly string[];
  readonly id: string;
  /** The id of a method; `undefined` if only a manifest is known. */
  methodId(name: string): string | undefined;
  /** The types that it does not describe are assumed to be those of the server. */
  readonly assumesUndescribed: boolean;
  /** The manifest with descriptions of the types, as far as they are known. */
  manifest(): Promise<ContractManifest>;
}

export function contractOfDefinition(definition: ServiceDefinition): OwnContract {
  const { name, version, scoped, byName } = definition;
  return {
    name,
    version,
    scoped,
    methods: [...byName.keys()],
    id: contractIdOf(definition),
    methodId: (method) => methodIdsOf(definition).get(method),
    assumesUndescribed: false,
    // loaded on first use, as contracts rarely differ
    manifest: async () => (await import("@aster/contract/model")).typedManifestOf(definition),
  };
}

export function contractOfManifest(manifest: ContractManifest, scoped: ServiceScope): OwnContract {
  return {
    name: manifest.service,
    version: manifest.version,
    scoped,
    methods: manifest.methods.map(({ name }) => name),
    id: manifest.contract_id,
    methodId: () => undefined,
    assumesUndescribed: true,
    manifest: async () => manifest,
  };
}
