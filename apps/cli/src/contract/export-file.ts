// Exports: the form in which the Python package passes contracts on, `Service.aster.json`.
import type { ContractManifest } from "@aster/contract/model";

const VERSION = "1";
const HASH = "blake3:";

type Keys = Readonly<Record<string, unknown>>;

/** Returns whether a JSON value is an export. */
export const isExport = (value: unknown): value is Keys =>
  typeof value === "object" && value !== null && "aster_contract" in value;

/**
 * The export of a contract. Keys and fields are sorted, so that texts can be compared line by line;
 * `types` has the declared order of fields.
 */
export function exportOf(manifest: ContractManifest): Keys {
  return {
    aster_contract: VERSION,
    service: manifest.service,
    version: manifest.version,
    contract_id: `${HASH}${manifest.contract_id}`,
    canonical_encoding: manifest.canonical_encoding,
    scoped: manifest.scoped,
    serialization_modes: manifest.serialization_modes.toSorted(),
    methods: sorted(manifest.methods).map((method) => ({
      ...method,
      fields: sorted(method.fields),
      response_fields: sorted(method.response_fields),
    })),
    type_hashes: manifest.type_hashes.toSorted(),
    type_count: manifest.type_count,
    method_count: manifest.method_count,
    semver: manifest.semver,
    deprecated: manifest.deprecated,
    ...(manifest.types !== undefined && { types: manifest.types }),
  };
}

/** The manifest of an export, still unchecked. Its fields are in the order of the export. */
export function manifestOfExport({ aster_contract: _, contract_id, ...more }: Keys): Keys {
  return {
    v: 1,
    ...more,
    contract_id: String(contract_id).replace(HASH, ""),
    vcs_revision: null,
    vcs_tag: null,
    vcs_url: null,
    changelog: null,
    published_by: "",
    published_at_epoch_ms: 0,
  };
}

function sorted<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
