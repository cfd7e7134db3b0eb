import { startsWith } from "../bytes/byte-reader.ts";
import { TypeId } from "../bytes/type-id.ts";
import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../schema/wire-type-info.ts";
import type { Bind, Binding } from "./binding.ts";
import type { Profile } from "./profile.ts";
import type { TypeMeta } from "./type-meta.ts";
import { addDefinition, readDefinition } from "./type-meta-reader.ts";
import type { ValueOp } from "./values/value-op.ts";
import type { XlangReader } from "./xlang-reader.ts";

/** Reads the type info of a struct that must have this type. Returns the op for its values. */
export function readStructInfo(r: XlangReader, binding: Binding): ValueOp {
  const { plan } = binding;
  const { definition, typeInfo, info } = plan;
  if (definition) {
    if (r.bytes[r.pos] === typeInfo[0]) {
      const marker = r.bytes[r.pos + 1] as number;
      if (marker & 1 && marker < 128) {
        if (marker >>> 1 < r.definitionCount && r.definitions[marker >>> 1] === definition) {
          r.pos += 2;
          return binding;
        }
      } else if (
        marker === r.definitionCount << 1 &&
        marker < 128 &&
        isOurs(r, r.pos + 2, definition.bytes)
      ) {
        r.pos += 2 + definition.bytes.length;
        addDefinition(r, definition);
        return binding;
      }
    }
  } else if (startsWith(r.bytes, r.pos, typeInfo)) {
    r.pos += typeInfo.length;
    if (plan.named) r.names.push(info.namespace, info.name);
    return binding;
  }
  return readStruct(r, plan.profile, {
    find: (tag) => (tag === info.tag ? binding : undefined),
    findId: (id) => (id === info.typeId ? binding : undefined),
    unknown: (what) => {
      throw fail("mismatch", `a value of type ${info.tag} expected, the message holds ${what}`);
    },
  });
}

/**
 * Returns true for our own definition. The header suffices: 52 of its bits are a hash of the rest.
 */
function isOurs(r: XlangReader, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < 8; i++) {
    if (r.bytes[at + i] !== bytes[i]) return false;
  }
  return r.end - at >= bytes.length && (bytes[0] !== 255 || startsWith(r.bytes, at, bytes));
}

/** The types that a struct in the message may have. */
export interface Candidates {
  find(tag: string): Binding | undefined;
  findId(id: number): Binding | undefined;
  /**
   * Returns the op of an unknown type, or throws. `what` names the type in error texts; `meta` is
   * present if the message defines it.
   */
  unknown(what: string, meta?: TypeMeta): ValueOp;
}

/** Reads the type info of a struct. Returns the op for its values. */
export function readStruct(r: XlangReader, profile: Profile, types: Candidates): ValueOp {
  const id = r.byte();
  switch (id) {
    case TypeId.namedStruct: {
      const namespace = r.name("namespace");
      const name = r.name("type");
      const tag = namespace === "" ? name : `${namespace}/${name}`;
      if (profile.definitions) throw withoutDefinition(tag.slice(0, 80));
      return types.find(tag) ?? types.unknown(tag.slice(0, 80));
    }
    case TypeId.struct: {
      const number = r.small();
      if (profile.definitions) throw withoutDefinition(`number ${number}`);
      return types.findId(number) ?? types.unknown(`number ${number}`);
    }
    case TypeId.namedCompatibleStruct:
    case TypeId.compatibleStruct: {
      const meta = readDefinition(r, profile.id);
      if (meta.kind !== "struct")
        throw fail("data", `a definition of an ${meta.kind} for a struct`);
      const binding = meta.typeId === undefined ? types.find(meta.tag) : types.findId(meta.typeId);
      return binding
        ? binding.version(meta)
        : types.unknown(
            meta.typeId === undefined ? meta.tag.slice(0, 80) : `number ${meta.typeId}`,
            meta,
          );
    }
    default:
      throw fail(
        "mismatch",
        `a struct (type id ${profile.definitions ? TypeId.namedCompatibleStruct : TypeId.namedStruct}) ` +
          `expected, type id ${id} found`,
      );
  }
}

function withoutDefinition(what: string): unknown {
  return fail("mismatch", `${what} without a definition: its writer must be in compatible mode`);
}

/** Reads the name of an enum, ext or union: its tag, or its number if a definition has one. */
export function readTypeName(r: XlangReader, profile: Profile): string | number {
  // messages of profile A have definitions if their root type has one
  if (profile.definitions || (profile.id === "A" && r.definitionCount > 0)) {
    const { tag, typeId } = readDefinition(r, profile.id);
    return typeId ?? tag;
  }
  const namespace = r.name("namespace");
  const name = r.name("type");
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Returns the types of a scope. */
export function inScope(
  scope: WireTypeInfo["scope"],
  bind: Bind,
  unknown: Candidates["unknown"],
): Candidates {
  const bound = (info: WireTypeInfo | undefined): Binding | undefined => info && bind(info);
  return {
    find: (tag) => bound(scope.find(tag)),
    findId: (id) => bound(scope.findId(id)),
    unknown,
  };
}
