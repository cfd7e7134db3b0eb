import type { CodecEngine } from "../codec-engine.ts";
import { CodecError } from "../error.ts";
import { asFailure } from "../failure.ts";
import type { FieldType } from "../schema/field-type.ts";
import { otherKind, otherKindTest } from "../schema/struct-kind.ts";
import type { WireField, WireTypeInfo } from "../schema/wire-type-info.ts";

/** A type of `@apache-fory/core`. */
interface ForyType {
  setNullable?(nullable: boolean): ForyType;
}

interface ForyModule {
  readonly default: new (options: {
    readonly compatible: boolean;
    readonly ref: boolean;
  }) => {
    register(type: ForyType): {
      serialize(value: unknown): Uint8Array;
      deserialize(bytes: Uint8Array): unknown;
    };
  };
  readonly Type: Readonly<Record<string, (...parts: unknown[]) => ForyType>>;
}

/**
 * Loads Apache's own JavaScript implementation as an engine: `createCodec({ engine, profile: "B"
 * })`. Experimental. It supports structs, lists, sets, maps with `z.map`, text, booleans, bytes,
 * typed arrays, numbers of up to 32 bits and bigints. It returns values as that package does.
 *
 * Throws {@link CodecError} `type` if `@apache-fory/core` is not installed.
 */
export async function loadApacheFory(
  load: () => Promise<unknown> = () => import(packageName),
): Promise<CodecEngine> {
  let module: ForyModule;
  try {
    module = (await load()) as ForyModule;
  } catch (cause) {
    throw new CodecError("type", `${packageName} is not installed: npm install ${packageName}`, {
      cause,
    });
  }
  if (typeof module.default !== "function" || typeof module.Type?.struct !== "function") {
    throw new CodecError(
      "type",
      `this version of ${packageName} has no Fory and Type: install another version`,
    );
  }
  return {
    id: "apache-fory",
    profiles: ["B"],
    create(info) {
      const fory = new module.default({ compatible: true, ref: false });
      const { serialize, deserialize } = fory.register(structOf(module, info, []));
      return {
        encode: (value) => Uint8Array.from(serialize(wireValue(value, info))),
        decode: (bytes) => ownValue(deserialize(bytes), info),
      };
    },
  };
}

/** A variable, so that bundlers do not resolve a package that may not be installed. */
const packageName: string = "@apache-fory/core";

const scalars: Readonly<Record<string, string>> = {
  bool: "bool",
  int8: "int8",
  int16: "int16",
  int32: "fixedInt32",
  varint32: "int32",
  float32: "float32",
  float64: "float64",
  string: "string",
  binary: "binary",
};

function structOf(module: ForyModule, info: WireTypeInfo, around: readonly string[]): ForyType {
  if (around.includes(info.tag)) throw unsupported(info.tag, "a type that holds itself");
  const fields = Object.fromEntries(
    info.fields.map((field) => {
      const type = typeOf(module, field.type, `${info.tag}.${field.key}`, [...around, info.tag]);
      return [field.name, field.nullable ? (type.setNullable?.(true) ?? type) : type];
    }),
  );
  const typeName = info.namespace === "" ? info.name : `${info.namespace}.${info.name}`;
  return make(module, "struct", info.tag, { typeName }, fields);
}

function typeOf(
  module: ForyModule,
  type: FieldType,
  path: string,
  around: readonly string[],
): ForyType {
  switch (type.kind) {
    case "struct":
      return structOf(module, type.info(), around);
    case "list":
    case "set":
      return make(module, type.kind, path, typeOf(module, type.element.type, path, around));
    case "array":
      return make(module, "array", path, make(module, type.element, path));
    case "map":
      if (type.form === "map") {
        const key = typeOf(module, type.key.type, path, around);
        return make(module, "map", path, key, typeOf(module, type.value.type, path, around));
      }
      throw unsupported(path, "a record");
    default: {
      const wide = "as" in type && type.as === "bigint" && type.kind === "varint64";
      const name = wide ? "int64" : scalars[type.kind];
      if (name === undefined) throw unsupported(path, `the type ${type.kind}`);
      return make(module, name, path);
    }
  }
}

function make(module: ForyModule, name: string, path: string, ...parts: unknown[]): ForyType {
  const build = module.Type[name];
  if (typeof build !== "function") throw unsupported(path, `Type.${name}`);
  return build(...parts);
}

function unsupported(path: string, what: string): CodecError {
  return new CodecError("schema", `${path}: the engine apache-fory does not support ${what}`, {
    path,
  });
}

/** Renames the keys of a value to names on the wire; `ownValue` is the inverse. */
function wireValue(value: unknown, info: WireTypeInfo): unknown {
  if (typeof value === "object" && value !== null && otherKindTest(info)?.(value)) {
    throw asFailure(otherKind(info, value)).toError(info.tag);
  }
  return renamed(value, info, (field) => [field.key, field.name], wireValue);
}

function ownValue(value: unknown, info: WireTypeInfo): unknown {
  return renamed(value, info, (field) => [field.name, field.key], ownValue);
}

type Rename = (value: unknown, info: WireTypeInfo) => unknown;

function renamed(
  value: unknown,
  info: WireTypeInfo,
  names: (field: WireField) => readonly [string, string],
  inner: Rename,
): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = info.fields.map((field) => {
    const [from, to] = names(field);
    const given = (value as Record<string, unknown>)[from];
    const filled = given === undefined && field.default ? field.default() : given;
    const empty = filled === null || filled === undefined;
    return [to, empty ? filled : inside(filled, field.type, inner)] as const;
  });
  return Object.fromEntries(entries);
}

function inside(value: unknown, type: FieldType, inner: Rename): unknown {
  switch (type.kind) {
    case "struct":
      return inner(value, type.info());
    case "list":
      return (value as unknown[]).map((item) => inside(item, type.element.type, inner));
    case "map":
      return new Map(
        [...(value as Map<unknown, unknown>)].map(([key, item]) => [
          key,
          inside(item, type.value.type, inner),
        ]),
      );
    default:
      return value;
  }
}
