import { nestedTypes } from "../schema/nested-types.ts";
import type { Root } from "../schema/root.ts";
import type { Bind, RootBinding } from "./binding.ts";
import { keepsReferences } from "./plan.ts";
import { Flag } from "./references.ts";

/** What writes and reads messages of a root: a wire type, or a value that says what it is. */
export function bindRoot(root: Root, bind: Bind): RootBinding {
  if (root.info) return bind(root.info);
  const { profile } = bind;
  const op = bind.ops.self(root.type, root.scope);
  const tracking =
    profile.tracks || (profile.references && (root.ref || keepsReferences(nestedTypes(root.type))));
  const filled = root.default;
  const empty = root.optional ? undefined : null;
  return {
    ...op,
    read: (r, depth) => op.readInfo(r).read(r, depth),
    readInfo: (r) => op.readInfo(r),
    plan: {
      profile,
      tracking,
      definition: undefined,
      named: undefined,
      prefix: Uint8Array.of(profile.header, tracking ? Flag.first : Flag.value),
    },
    ...(root.nullable && { empty: () => empty }),
    ...(filled && { filled }),
  };
}
