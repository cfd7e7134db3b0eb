import { CodecError } from "../error.ts";
import { freshDefault } from "./default-value.ts";
import type { ElementType } from "./field-type.ts";
import { nestedTypes } from "./nested-types.ts";
import { defaultScope, type TypeScope } from "./type-scope.ts";
import type { WireTypeInfo } from "./wire-type-info.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import { wireTypeInfo } from "./zod/wire-type-mark.ts";

/** The type of a whole message. */
export interface Root extends ElementType {
  /** The first part of error paths: the tag of a wire type, else `value`. */
  readonly label: string;
  /** The wire type, if the root is one and is not nullable. */
  readonly info: WireTypeInfo | undefined;
  /** The scope in which values of any type find their types. */
  readonly scope: TypeScope;
  readonly default: (() => unknown) | undefined;
  /** True if the root keeps references, as `.meta({ ref: true })` asks. */
  readonly ref: boolean;
}

/**
 * Returns the root that a schema describes. Throws {@link CodecError}: `type` for anything other
 * than a schema and for an object without a name, `schema` for a schema without a wire form.
 */
export function rootOf(schema: unknown, scope: TypeScope | undefined): Root {
  const info = wireTypeInfo(schema);
  if (info) return structRoot(info);
  if (typeof schema !== "object" || schema === null || !("_zod" in schema)) {
    throw new CodecError("type", "not a schema of zod 4: define a type with wireType(tag, shape)");
  }
  const { def } = (schema as { readonly _zod: { readonly def: { readonly type: string } } })._zod;
  if (def.type === "object") {
    throw new CodecError("type", "not a wire type: define the schema with wireType(tag, shape)");
  }
  const described = describe(schema, "value", { resolve: true });
  if (isDeferred(described)) throw new CodecError("type", "not defined yet when it is first used");
  const [first] = nestedTypes(described.type);
  return {
    ...described,
    default: described.default && freshDefault(described.type, described.default),
    nullable: described.nullable || described.type.kind === "any",
    label: "value",
    info: undefined,
    scope: scope ?? first?.scope ?? defaultScope,
  };
}

function structRoot(info: WireTypeInfo): Root {
  return {
    type: { kind: "struct", info: () => info },
    nullable: false,
    optional: false,
    label: info.tag,
    info,
    scope: info.scope,
    default: undefined,
    ref: false,
  };
}
