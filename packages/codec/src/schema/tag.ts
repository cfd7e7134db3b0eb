import { CodecError } from "../error.ts";

/** The two parts of a tag, split at the last `/`. Without a `/` the namespace is empty. */
export interface Tag {
  readonly namespace: string;
  readonly name: string;
}

const shape = /^[A-Za-z0-9_.$]+(?:\/[A-Za-z0-9_.$]+)*$/;

/**
 * Splits and checks a tag (docs/fory.md, "Names").
 *
 * Throws {@link CodecError} `tag`. The namespace `_aster/` belongs to the protocol and needs
 * `reserved`.
 */
export function parseTag(tag: string, options: { readonly reserved: boolean }): Tag {
  if (typeof tag !== "string" || !shape.test(tag) || tag.length > 512) {
    throw new CodecError(
      "tag",
      `${JSON.stringify(String(tag).slice(0, 80))} is not a tag: write it as "namespace/TypeName", ` +
        "with letters, digits and _ . $ only",
    );
  }
  if (tag.startsWith("_aster/") && !options.reserved) {
    throw new CodecError(
      "tag",
      `${tag}: the namespace _aster belongs to the protocol; use another`,
    );
  }
  const slash = tag.lastIndexOf("/");
  return { namespace: slash < 0 ? "" : tag.slice(0, slash), name: tag.slice(slash + 1) };
}
