import type { z } from "zod";
import { instanceof as instance } from "zod";
import { CodecError } from "../error.ts";
import { checkScope, checkTypeId } from "../option-check.ts";
import type { ExtType } from "./field-type.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import { withOwnType } from "./zod/own-type.ts";

export interface WireExtOptions<T, S extends z.core.$ZodType> {
  /** The class of the values, by which they are known in values of any type. */
  readonly class: new (
    ...args: never[]
  ) => T;
  /** What stands for a value on the wire. */
  readonly form: S;
  readonly encode: (value: T) => z.input<S>;
  /** Whatever it throws becomes a {@link CodecError} `data`. */
  readonly decode: (form: z.output<S>) => T;
  /** A number for the name on the wire, shorter and shared with the peers. */
  readonly id?: number;
  /** Where the tag must be unique; the whole process unless given. */
  readonly scope?: TypeScope;
}

/**
 * A type of the program's own: instances of a class, which travel as values of another type (docs/fory.md,
 * "Own types"). The peer needs a serializer of the same name.
 *
 * Throws {@link CodecError}: `tag` for a bad or taken tag, `schema` for a form that is none on the wire.
 */
export function wireExt<T, S extends z.core.$ZodType>(
  tag: string,
  options: WireExtOptions<T, S>,
): z.ZodCustom<T, T> {
  const { id, scope = defaultScope } = options;
  checkTypeId(id);
  checkScope(scope);
  const form = describe(options.form, tag, { resolve: true });
  if (isDeferred(form)) throw new CodecError("schema", `${tag}: a form that is not defined yet`);
  const type: ExtType = {
    kind: "ext",
    named: { tag, ...parseTag(tag, { reserved: false }), typeId: id },
    class: options.class,
    form,
    formSchema: options.form,
    encode: options.encode,
    decode: options.decode,
  };
  registryOf(scope).addNamed(type);
  return withOwnType(instance(options.class as new () => object), type) as unknown as z.ZodCustom<
    T,
    T
  >;
}
