import type { ContractManifest, ManifestField, ManifestKind } from "@aster/contract/model";
import { RpcError } from "../error.ts";
import { jsonCodec } from "../message/json-codec.ts";
import type { MessageCodec } from "../message/message-codec.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { isBytes } from "../value-kind.ts";

/** The fields of the types that a manifest describes, by tag. */
export type ManifestTypes = ReadonlyMap<string, readonly ManifestField[]>;

/** The nesting limit, against messages that would exhaust the stack. */
const MAX_DEPTH = 50;

/** The description of one value, as far as the manifest has one. */
interface Described {
  readonly kind: ManifestKind;
  readonly tag: string | undefined;
  readonly values: readonly unknown[] | undefined;
  readonly item: Described | undefined;
  readonly nullable: boolean;
}

/** Returns the types of requests and responses; a manifest describes no others. */
export function manifestTypes({ methods }: ContractManifest): ManifestTypes {
  const types = new Map<string, readonly ManifestField[]>();
  for (const method of methods) {
    types.set(method.request_wire_tag, method.fields);
    types.set(method.response_wire_tag, method.response_fields);
  }
  types.delete("");
  return types;
}

/**
 * Returns the JSON codec of one type that a manifest describes. Values without a description pass,
 * because the server checks them again. The codec walks the description, so that text from a peer
 * never becomes code.
 */
export function manifestCodec(
  fields: readonly ManifestField[],
  types: ManifestTypes,
): MessageCodec {
  const walk = new Walk(types);
  const encode = (value: unknown): Uint8Array =>
    jsonCodec.encode(walk.sent(fields, value ?? {}, "the request", 1));
  const decode = (bytes: Uint8Array): unknown =>
    walk.received(fields, jsonCodec.decode(bytes), "the response", 1);
  return { encode, encodeShared: encode, decode };
}

class Walk {
  readonly #types: ManifestTypes;

  constructor(types: ManifestTypes) {
    this.#types = types;
  }

  /** Checks and converts a request. Throws INVALID_ARGUMENT with the path of the first mistake. */
  sent(fields: readonly ManifestField[], value: unknown, path: string, depth: number): unknown {
    const from = objectAt(value, path, depth);
    const names = new Map(fields.map((field) => [field.name, field]));
    for (const name of Object.keys(from)) {
      if (names.has(name)) continue;
      throw wrong(path, `has no field "${name}"; it has ${[...names.keys()].join(", ") || "none"}`);
    }
    const to: Record<string, unknown> = Object.create(null);
    for (const field of fields) {
      const own = Object.hasOwn(from, field.name) ? from[field.name] : undefined;
      if (own !== undefined) {
        to[field.name] = this.#send(describe(field), own, `${path}.${field.name}`, depth + 1);
      } else if (field.required) throw wrong(path, `lacks the field "${field.name}"`);
    }
    return to;
  }

  /** Converts base64 to bytes where the manifest describes bytes. The rest stays as it is. */
  received(fields: readonly ManifestField[], value: unknown, path: string, depth: number): unknown {
    const from = objectAt(value, path, depth, unreadable);
    for (const field of fields) {
      if (!Object.hasOwn(from, field.name)) continue;
      const own = from[field.name];
      from[field.name] = this.#receive(describe(field), own, `${path}.${field.name}`, depth + 1);
    }
    return from;
  }

  #send(type: Described, value: unknown, path: string, depth: number): unknown {
    if (value === null) {
      if (type.nullable) return null;
      throw wrong(path, "must not be null");
    }
    switch (type.kind) {
      case "int":
        if (typeof value === "bigint" || Number.isSafeInteger(value)) return value;
        throw wrong(path, "must be an integer, beyond 2^53 a bigint");
      case "float":
        if (typeof value === "number") return value;
        throw wrong(path, "must be a number");
      case "bool":
        if (typeof value === "boolean") return value;
        throw wrong(path, "must be true or false");
      case "bytes":
        if (isBytes(value)) return Buffer.from(value).toString("base64");
        if (typeof value === "string") return value;
        throw wrong(path, "must be a Uint8Array or base64");
      case "enum":
        if (type.values === undefined || type.values.includes(value)) return value;
        throw wrong(path, `must be one of ${JSON.stringify(type.values).slice(0, 200)}`);
      case "list":
        if (!Array.isArray(value)) throw wrong(path, "must be an array");
        return value.map((item, i) => this.#sendItem(type.item, item, `${path}[${i}]`, depth));
      case "map":
        return Object.fromEntries(
          Object.entries(objectAt(value, path, depth)).map(([key, item]) => [
            key,
            this.#sendItem(type.item, item, `${path}.${key}`, depth),
          ]),
        );
      case "ref": {
        const fields = this.#types.get(type.tag ?? "");
        return fields === undefined ? value : this.sent(fields, value, path, depth);
      }
      default:
        // aster-rpc describes types that it has no name for as strings
        return value;
    }
  }

  #sendItem(type: Described | undefined, value: unknown, path: string, depth: number): unknown {
    return type === undefined ? value : this.#send(type, value, path, depth + 1);
  }

  #receive(type: Described | undefined, value: unknown, path: string, depth: number): unknown {
    if (value === null || type === undefined) return value;
    if (type.kind === "bytes") {
      return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
    }
    if (type.kind === "list" && Array.isArray(value)) {
      return value.map((item, i) => this.#receive(type.item, item, `${path}[${i}]`, depth + 1));
    }
    if (type.kind === "map") {
      const from = objectAt(value, path, depth, unreadable);
      for (const key of Object.keys(from)) {
        from[key] = this.#receive(type.item, from[key], `${path}.${key}`, depth + 1);
      }
    }
    if (type.kind !== "ref") return value;
    const fields = this.#types.get(type.tag ?? "");
    return fields === undefined ? value : this.received(fields, value, path, depth);
  }
}

function describe(field: ManifestField): Described {
  const { kind, nullable } = field;
  const item =
    kind === "list"
      ? element(field.item_kind, field.item_wire_tag, field.item_nullable)
      : kind === "map"
        ? element(field.value_kind, undefined, field.value_nullable)
        : undefined;
  return { kind, nullable, tag: field.wire_tag, values: field.enum_values, item };
}

/**
 * Describes an element of a list or map. A manifest has no description of what that element
 * contains.
 */
function element(
  kind: ManifestKind | undefined,
  tag: string | undefined,
  nullable: boolean | undefined,
): Described | undefined {
  if (kind === undefined || kind === "list" || kind === "map" || kind === "enum") return undefined;
  return { kind, tag, values: undefined, item: undefined, nullable: nullable ?? true };
}

type Complaint = (path: string, text: string) => RpcError;

function objectAt(
  value: unknown,
  path: string,
  depth: number,
  complain: Complaint = wrong,
): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw complain(path, `is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw complain(path, "must be an object");
}

/** A mistake of the caller. */
function wrong(path: string, text: string): RpcError {
  return new RpcError(StatusCode.INVALID_ARGUMENT, `${path} ${text}`, {
    details: { reason: RpcReason.REQUEST_INVALID, path },
  });
}

/** A mistake of the peer. */
function unreadable(path: string, text: string): RpcError {
  return new RpcError(StatusCode.INTERNAL, `${path} ${text}`);
}
