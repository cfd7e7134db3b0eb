import { wireTypeInfo } from "@aster/codec";
import { serviceDefinitionOf } from "../service.ts";
import { type ContractManifest, type ManifestMethod, manifestOf } from "./manifest.ts";
import { type ManifestField, manifestField } from "./manifest-field.ts";
import { reachableTypes } from "./type-edges.ts";

/** A contract in the form in which contracts are compared, made of a definition or a manifest. */
export interface ContractView {
  readonly manifest: ContractManifest;
  readonly methods: ReadonlyMap<string, ManifestMethod>;
  /** The fields of all known types, by tag. */
  readonly types: ReadonlyMap<string, readonly ManifestField[]>;
}

function isManifest(value: object): value is ContractManifest {
  return "contract_id" in value && "methods" in value;
}

function typesOfMethods(manifest: ContractManifest): Map<string, readonly ManifestField[]> {
  const types = new Map<string, readonly ManifestField[]>();
  for (const method of manifest.methods) {
    types.set(method.request_wire_tag, method.fields);
    types.set(method.response_wire_tag, method.response_fields);
  }
  return types;
}

/** The view of a manifest, a definition, a decorated class or an instance of one. */
export function contractView(contract: object): ContractView {
  const manifest = isManifest(contract) ? contract : manifestOf(contract);
  const types = typesOfMethods(manifest);
  if (!isManifest(contract)) {
    const methods = Object.values(serviceDefinitionOf(contract).methods);
    const roots = methods.flatMap(({ request, response }) => [request, response]);
    const nodes = reachableTypes(roots.flatMap((schema) => wireTypeInfo(schema) ?? []));
    for (const [tag, info] of nodes) types.set(tag, info.fields.map(manifestField));
  }
  return { manifest, types, methods: new Map(manifest.methods.map((each) => [each.name, each])) };
}

function kindText(field: ManifestField): string {
  switch (field.kind) {
    case "list":
      return `list<${field.item_wire_tag ?? field.item_kind}${field.item_nullable ? "?" : ""}>`;
    case "map": {
      const value = field.value_ref ?? field.value_kind;
      return `map<${field.key_kind}, ${value}${field.value_nullable ? "?" : ""}>`;
    }
    case "enum":
      return `enum<${(field.enum_values ?? []).map((value) => JSON.stringify(value)).join(" | ")}>`;
    case "ref":
      return field.wire_tag ?? field.ref_name ?? field.kind;
    default:
      return field.kind;
  }
}

/** The type of a field on one line, as exact as its description. */
export function fieldText(field: ManifestField): string {
  const { type } = field.properties;
  return (typeof type === "string" ? type : kindText(field)) + (field.nullable ? "?" : "");
}
