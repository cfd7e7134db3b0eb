import { wireTypeInfo } from "@aster/codec";
import type { MethodPattern } from "../message.ts";
import { serviceDefinitionOf } from "../service.ts";
import type { ServiceMethod } from "../service-definition.ts";
import { byCodePoint } from "./canonical.ts";
import { contractOf } from "./contract.ts";
import { type ManifestField, manifestField } from "./manifest-field.ts";
import { toHex } from "./type-hash.ts";
import { describeTypes } from "./types/describe-types.ts";
import type { ManifestType } from "./types/manifest-type.ts";

/** A method in a manifest, with the keys of the file (docs/contract.md, "Manifest"). */
export interface ManifestMethod {
  readonly name: string;
  readonly pattern: MethodPattern;
  /** The name of the type without its namespace. */
  readonly request_type: string;
  readonly response_type: string;
  readonly request_wire_tag: string;
  readonly response_wire_tag: string;
  /** Seconds. */
  readonly timeout: number | null;
  readonly idempotent: boolean;
  readonly fields: readonly ManifestField[];
  readonly response_fields: readonly ManifestField[];
}

/**
 * The description of a contract for readers without its types, such as tools and proxies, with the
 * keys of the file (docs/contract.md, "Manifest").
 */
export interface ContractManifest {
  readonly v: 1;
  readonly service: string;
  readonly version: number;
  readonly contract_id: string;
  readonly canonical_encoding: string;
  readonly type_count: number;
  /** Hex, sorted. */
  readonly type_hashes: readonly string[];
  readonly method_count: number;
  /** Sorted by name. */
  readonly methods: readonly ManifestMethod[];
  readonly serialization_modes: readonly string[];
  readonly scoped: "shared" | "session";
  readonly deprecated: boolean;
  readonly semver: string | null;
  readonly vcs_revision: string | null;
  readonly vcs_tag: string | null;
  readonly vcs_url: string | null;
  readonly changelog: string | null;
  readonly published_by: string;
  readonly published_at_epoch_ms: number;
  /**
   * All types of the messages, sorted by tag, for comparisons. {@link typedManifestOf} writes it;
   * manifests for the Python package do not have it.
   */
  readonly types?: readonly ManifestType[] | undefined;
}

/** The part of a manifest that its publisher sets. */
export type ManifestPublication = Partial<
  Pick<
    ContractManifest,
    | "deprecated"
    | "semver"
    | "vcs_revision"
    | "vcs_tag"
    | "vcs_url"
    | "changelog"
    | "published_by"
    | "published_at_epoch_ms"
  >
>;

function manifestMethod(method: ServiceMethod): ManifestMethod {
  const request = wireTypeInfo(method.request);
  const response = wireTypeInfo(method.response);
  return {
    name: method.name,
    pattern: method.pattern,
    request_type: request?.name ?? "",
    response_type: response?.name ?? "",
    request_wire_tag: request?.tag ?? "",
    response_wire_tag: response?.tag ?? "",
    timeout: method.timeoutMs === undefined ? null : method.timeoutMs / 1000,
    idempotent: method.idempotent,
    fields: request?.fields.map(manifestField) ?? [],
    response_fields: response?.fields.map(manifestField) ?? [],
  };
}

/** The manifest of a definition, a decorated class or an instance of one. */
export function manifestOf(
  service: object,
  publication: ManifestPublication = {},
): ContractManifest {
  const definition = serviceDefinitionOf(service);
  const { id, types, model } = contractOf(definition);
  const methods = Object.values(definition.methods);
  return {
    v: 1,
    service: definition.name,
    version: definition.version,
    contract_id: id,
    canonical_encoding: "fory-xlang/0.15",
    type_count: types.length,
    type_hashes: types.map((type) => toHex(type.hash)).sort(),
    method_count: methods.length,
    methods: methods
      .toSorted((left, right) => byCodePoint(left.name, right.name))
      .map(manifestMethod),
    serialization_modes: model.serializationModes,
    scoped: model.scoped,
    deprecated: publication.deprecated ?? false,
    semver: publication.semver ?? null,
    vcs_revision: publication.vcs_revision ?? null,
    vcs_tag: publication.vcs_tag ?? null,
    vcs_url: publication.vcs_url ?? null,
    changelog: publication.changelog ?? null,
    published_by: publication.published_by ?? "",
    published_at_epoch_ms: publication.published_at_epoch_ms ?? 0,
  };
}

/**
 * The manifest with the descriptions of all types, which `compareContracts` needs to compare
 * types inside requests and responses. The Python package refuses such a manifest.
 */
export function typedManifestOf(
  service: object,
  publication: ManifestPublication = {},
): ContractManifest {
  const methods = Object.values(serviceDefinitionOf(service).methods);
  const roots = methods.flatMap(({ request, response }) => [request, response]);
  const types = describeTypes(roots.flatMap((schema) => wireTypeInfo(schema) ?? []));
  return { ...manifestOf(service, publication), types };
}

/** The text of `manifest.json`. */
export function manifestText(manifest: ContractManifest): string {
  return JSON.stringify(manifest, null, 2);
}
