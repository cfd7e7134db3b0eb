import { startsWith } from "../bytes/byte-reader.ts";
import { fail } from "../failure.ts";
import { keepsReferences, nestedTypes } from "../schema/nested-types.ts";
import type { Root } from "../schema/root.ts";
import type { Bind, RootBinding } from "./binding.ts";
import { closeShared, Flag, noteReference, openShared } from "./references.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { XlangWriter } from "./xlang-writer.ts";

/** Returns the binding of a root: that of a wire type, or one made of the op of another type. */
export function bindRoot(root: Root, bind: Bind): RootBinding {
  if (root.info) return bind(root.info);
  const { profile } = bind;
  const op = bind.ops.self(root.type, root.scope);
  const tracking =
    profile.tracks || (profile.references && (root.ref || keepsReferences(nestedTypes(root.type))));
  const keeps = root.ref;
  const filled = root.default;
  const empty = root.optional ? undefined : null;
  return {
    ...op,
    read: (r, depth) => op.readInfo(r).read(r, depth, keeps),
    write: (w, value, depth) => op.write(w, value, depth, keeps),
    readInfo(r) {
      const found = op.readInfo(r);
      return keeps ? { ...found, read: (from, depth) => found.read(from, depth, true) } : found;
    },
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

/** Writes header, flag, type info and value of a message. */
export function writeRoot(
  w: XlangWriter,
  binding: RootBinding,
  given: unknown,
  offset: number,
): void {
  const { profile, tracking } = binding.plan;
  const head = w.room(offset, 2);
  head[offset] = profile.header;
  head[offset + 1] = tracking ? Flag.first : Flag.value;
  w.pos = offset + 2;
  let value = given;
  if (value === undefined || value === null) {
    if (binding.filled && value === undefined) value = binding.filled();
    if (binding.empty && (value === undefined || value === null)) {
      if (profile.id === "A") head[offset] = profile.header | 1;
      head[offset + 1] = Flag.null;
      return;
    }
  }
  if (tracking) noteReference(w, value, binding.dynamic?.classify(value).shape ?? binding.shape);
  binding.writeInfo(w);
  binding.write(w, value, 1);
}

/** Reads header, flag, type info and value of a message. */
export function readRoot(r: XlangReader, binding: RootBinding): unknown {
  const { plan } = binding;
  if (!plan.tracking && !plan.definition && startsWith(r.bytes, 0, plan.prefix)) {
    r.pos = plan.prefix.length;
    r.root = plan.named;
    return binding.read(r, 1);
  }
  r.root = undefined;
  const { header, id } = plan.profile;
  const first = r.byte();
  if (id === "A" && first === (header | 1)) {
    const empty = nullOf(binding);
    if (r.byte() !== Flag.null) throw fail("data", "a message that is null and has a value");
    return empty;
  }
  if (first !== header) {
    throw fail(
      "data",
      `first byte ${first}: not a message of Fory, which begins with 1 (profile B) or 2 (profile A)`,
    );
  }
  switch (r.byte()) {
    case Flag.value:
      return binding.readInfo(r).read(r, 1);
    case Flag.first: {
      const number = openShared(r);
      const value = binding.readInfo(r).read(r, 1);
      closeShared(r, number, value, binding);
      return value;
    }
    case Flag.null:
      return nullOf(binding);
    default:
      throw fail("data", "a reference where the message begins");
  }
}

function nullOf(binding: RootBinding): unknown {
  if (binding.empty) return binding.empty();
  throw fail("data", "the message holds null, and its type is not nullable");
}
