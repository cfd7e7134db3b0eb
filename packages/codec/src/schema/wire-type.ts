import type { z } from "zod";
import { object } from "zod";
import { registryOf } from "./type-scope.ts";
import { WireDefinition, type WireTypeOptions } from "./wire-definition.ts";
import { markWireType } from "./zod/wire-type-mark.ts";

/**
 * Gives an object schema its name on the wire.
 *
 * Throws `CodecError`: `tag` for a bad, reserved or taken tag, `schema` for a field without a
 * wire form. Defining one tag twice with the same shape is fine.
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
