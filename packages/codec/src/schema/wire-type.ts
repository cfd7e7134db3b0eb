import type { z } from "zod";
import { object } from "zod";
import { registryOf } from "./type-scope.ts";
import { WireDefinition, type WireTypeOptions } from "./wire-definition.ts";
import { markWireType } from "./zod/wire-type-mark.ts";

/**
 * Defines a wire type: an object schema with a name on the wire. Defining a tag twice with the same
 * shape is allowed.
 *
 * Throws `CodecError`: `option` for a bad option, `tag` for a bad, reserved or used tag, `schema`
 * for a field without a wire form.
 */
export function wireType<S extends z.core.$ZodLooseShape>(
  tag: string,
  shape: S,
  options: WireTypeOptions = {},
): z.ZodObject<S, z.core.$strip> {
  const schema = object(shape);
  const info = new WireDefinition(tag, shape, schema, options);
  markWireType(schema, info);
  registryOf(info.scope).add(info);
  return schema;
}
