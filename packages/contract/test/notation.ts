import { readFileSync } from "node:fs";
import * as codec from "@aster/codec";
import { z } from "zod";
import {
  bidiStream,
  clientStream,
  defineService,
  type MethodOptions,
  type ServiceDefinition,
  type ServiceOptions,
  serverStream,
  unary,
} from "../src/index.ts";

/** A field type in the notation of fixtures/contract/make.py. */
export type Notation = string | [string, ...(Notation | number | boolean)[]];

export interface MethodCase {
  pattern: "unary" | "server_stream" | "client_stream" | "bidi_stream";
  request: string;
  response: string;
  timeoutMs?: number;
  idempotent?: boolean;
}

export interface ServiceCase {
  name: string;
  types: Record<string, Record<string, Notation>>;
  service: ServiceOptions & { name: string; methods: Record<string, MethodCase> };
  canonicalHex: string;
  contractId: string;
  typeHex: Record<string, string>;
  typeHashes: Record<string, string>;
  manifest: Record<string, unknown>;
}

/** Reads a file of the contract fixtures. */
export function fixture<T>(name: string): T {
  const url = new URL(`../../../fixtures/contract/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as T;
}

const scalars: Record<string, () => z.ZodType> = {
  string: () => z.string().default(""),
  int: () => z.int().default(0),
  float: () => z.number().default(0),
  bool: () => z.boolean().default(false),
  bytes: () => z.instanceof(Uint8Array).default(() => new Uint8Array()),
  timestamp: () => z.date().default(() => new Date(0)),
  date: () => codec.date().default("1970-01-01"),
  any: () => z.unknown().default(""),
  int8: () => codec.int8().default(0),
  int16: () => codec.int16().default(0),
  int32: () => z.int32().default(0),
  uint8: () => codec.uint8().default(0),
  uint16: () => codec.uint16().default(0),
  uint32: () => z.uint32().default(0),
  uint64: () => z.uint64().default(0n),
  float32: () => z.float32().default(0),
  fixed_int32: () => codec.fixedInt32().default(0),
  fixed_int64: () => codec.fixedInt64().default(0n),
  tagged_int64: () => codec.taggedInt64().default(0n),
};

const arrays: Record<string, z.ZodType> = {
  int32: z.instanceof(Int32Array),
  float64: z.instanceof(Float64Array),
};

/** The wire types of one case, in a scope of their own because cases reuse tags. */
export class NotatedTypes {
  readonly #scope = codec.createTypeScope();
  readonly #declared: ServiceCase["types"];
  readonly #made = new Map<string, z.ZodObject>();

  constructor(declared: ServiceCase["types"]) {
    this.#declared = declared;
  }

  get(tag: string): z.ZodObject {
    const known = this.#made.get(tag);
    if (known) return known;
    const shape: Record<string, z.ZodType> = {};
    for (const [name, notation] of Object.entries(this.#declared[tag] ?? {})) {
      if (JSON.stringify(notation).includes('"self"')) {
        Object.defineProperty(shape, name, {
          enumerable: true,
          get: () => this.#field(notation, tag),
        });
      } else {
        shape[name] = this.#field(notation, tag);
      }
    }
    const type = codec.wireType(tag, shape, { naming: "as-written", scope: this.#scope });
    this.#made.set(tag, type);
    return type;
  }

  /** A field with the default that the Python dataclass gives it. */
  #field(notation: Notation, tag: string): z.ZodType {
    if (typeof notation === "string") return (scalars[notation] as () => z.ZodType)();
    const [kind, first, second] = notation;
    const schema = this.#bare(kind === "default" ? (first as Notation) : notation, tag);
    if (kind === "default") return schema.default(second as never);
    if (kind === "list") return schema.default([] as never);
    if (kind === "map")
      return schema.default((schema instanceof z.ZodMap ? new Map() : {}) as never);
    if (kind === "set") return schema.default(new Set() as never);
    if (kind === "struct") return schema.default({} as never);
    return schema;
  }

  #bare(notation: Notation, tag: string): z.ZodType {
    if (notation === "self") return this.get(tag);
    if (typeof notation === "string") {
      const schema = (scalars[notation] as () => z.ZodType)();
      return schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema;
    }
    const [kind, ...rest] = notation;
    const inner = (index: number) => this.#bare(rest[index] as Notation, tag);
    switch (kind) {
      case "struct":
        return this.get(rest[0] as string);
      case "enum":
        return z.enum(rest.slice(1) as string[]);
      case "array":
        return arrays[rest[0] as string] as z.ZodType;
      case "optional":
        return inner(0).nullable();
      case "list":
        return z.array(inner(0));
      case "set":
        return z.set(inner(0));
      default:
        return rest[0] === "string" ? z.record(z.string(), inner(1)) : z.map(inner(0), inner(1));
    }
  }
}

const declare = {
  unary,
  server_stream: serverStream,
  client_stream: clientStream,
  bidi_stream: bidiStream,
};

/** The definition of a fixture's service. */
export function serviceOf({ types, service }: ServiceCase): ServiceDefinition {
  const notated = new NotatedTypes(types);
  const { methods, name, ...options } = service;
  const entries = Object.entries(methods).map(([key, method]) => {
    const { pattern, request, response, ...given } = method;
    const make = declare[pattern] as typeof unary;
    const declaration = make(notated.get(request), notated.get(response), given as MethodOptions);
    return [key, declaration];
  });
  return defineService(name, options, Object.fromEntries(entries));
}
