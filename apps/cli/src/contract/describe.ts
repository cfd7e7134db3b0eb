import {
  type ContractManifest,
  type FieldShape,
  type ManifestField,
  type ManifestMethod,
  plainNames,
  type TypeTable,
  typeTable,
  valueText,
} from "@aster/contract/model";

/** A field of a message, for people and programs. */
export interface FieldFacts {
  readonly name: string;
  /** Such as `map<string, demo/Point?>`; `?` marks a value that may be null. */
  readonly type: string;
  readonly required: boolean;
  /** Absent for a required field and for a default that is not known. */
  readonly default?: unknown;
}

export interface MessageFacts {
  readonly type: string;
  readonly fields: readonly FieldFacts[];
}

export interface MethodFacts {
  readonly name: string;
  readonly pattern: string;
  readonly request: MessageFacts;
  readonly response: MessageFacts;
  readonly timeoutSeconds: number | null;
  readonly idempotent: boolean;
}

/** A service in full. */
export interface ServiceFacts {
  readonly name: string;
  readonly version: number;
  readonly contractId: string;
  readonly scoped: string;
  readonly modes: readonly string[];
  readonly methods: readonly MethodFacts[];
  /** The types inside messages, by tag. */
  readonly types: Readonly<Record<string, readonly FieldFacts[]>>;
}

/** Describes a contract. */
export function serviceFacts(manifest: ContractManifest): ServiceFacts {
  const table = typeTable(manifest);
  const messages = new Set(
    manifest.methods.flatMap(({ request_wire_tag, response_wire_tag }) => [
      request_wire_tag,
      response_wire_tag,
    ]),
  );
  const inner = [...table.values()].filter(({ tag }) => !messages.has(tag));
  return {
    name: manifest.service,
    version: manifest.version,
    contractId: manifest.contract_id,
    scoped: manifest.scoped,
    modes: manifest.serialization_modes,
    methods: manifest.methods.map((method) => methodFacts(method, table)),
    types: Object.fromEntries(
      inner.map(({ tag, fields = [] }) => [tag, fields.map((field) => fieldFacts(field))]),
    ),
  };
}

function methodFacts(method: ManifestMethod, table: TypeTable): MethodFacts {
  const message = (tag: string, known: readonly ManifestField[]): MessageFacts => ({
    type: tag,
    fields: (table.get(tag)?.fields ?? []).map((field) =>
      fieldFacts(
        field,
        known.find(({ name }) => name === field.name),
      ),
    ),
  });
  return {
    name: method.name,
    pattern: method.pattern,
    request: message(method.request_wire_tag, method.fields),
    response: message(method.response_wire_tag, method.response_fields),
    timeoutSeconds: method.timeout,
    idempotent: method.idempotent,
  };
}

function fieldFacts(field: FieldShape, known?: ManifestField): FieldFacts {
  const required = known?.required ?? !(field.nullable || field.default);
  const value = required || known === undefined ? undefined : defaultOf(known);
  return {
    name: field.name,
    type: valueText(field, plainNames),
    required,
    ...(value !== undefined && { default: value }),
  };
}

function defaultOf({ default_kind, default_value }: ManifestField): unknown {
  if (default_kind === "empty_list") return [];
  if (default_kind === "empty_map") return {};
  return default_kind === "value" || default_kind === "null" ? default_value : undefined;
}
