import type { z } from "zod";
import { instanceof as instance } from "zod";
import { CodecError } from "../error.ts";
import { checkScope, checkTypeId } from "../option-check.ts";
import type { ExtType } from "./field-type.ts";
import { nestedTypes } from "./nested-types.ts";
import { parseTag } from "./tag.ts";
import { defaultScope, registryOf, type TypeScope } from "./type-scope.ts";
import { describe, isDeferred } from "./zod/describe.ts";
import { withOwnType } from "./zod/own-type.ts";

export interface WireExtOptions<T, S extends z.core.$ZodType> {
  /** The class of the values, which identifies them in values of any type. */
  readonly class: new (
    ...args: never[]
  ) => T;
  /** The schema of the values on the wire. */
  readonly form: S;
  readonly encode: (value: T) => z.input<S>;
  /** Makes a value. An error that it throws becomes a {@link CodecError} `data`. */
  readonly decode: (form: z.output<S>) => T;
  /** A number that replaces the name on the wire. It is shorter, and peers must use the same. */
  readonly id?: number | undefined;
  /** The scope in which the tag must be unique. Default: the whole process. */
  readonly scope?: TypeScope | undefined;
}

/**
 * Defines a type of the program's own: instances of a class, which have the wire form of another
 * type (docs/fory.md, "Own types"). The peer needs a serializer of the same name.
 *
 * Throws {@link CodecError}: `option` for a bad option, `tag` for a bad or used tag, `schema` for a
 * form without a wire form.
 */
export function wireExt<T, S extends z.core.$ZodType>(
  tag: string,
  options: WireExtOptions<T, S>,
): z.ZodCustom<T, T> {
  const { id, scope = defaultScope } = options;
  checkTypeId(id);
  checkScope(scope);
  const form = describe(options.form, tag, { resolve: true });
  if (isDeferred(form)) throw new CodecError("schema", `${tag}: the form is not defined yet`);
  let refined: boolean | undefined;
  const type: ExtType = {
    kind: "ext",
    named: { tag, ...parseTag(tag, { reserved: false }), typeId: id },
    class: options.class,
    form,
    formSchema: options.form,
    get refined() {
      refined ??= form.refined || nestedTypes(form.type).some((inner) => inner.hasRefinements);
      return refined;
    },
    encode: options.encode,
    decode: options.decode,
  };
  registryOf(scope).addNamed(type);
  return withOwnType(instance(options.class as new () => object), type) as unknown as z.ZodCustom<
    T,
    T
  >;
}
