// Hashes of wire types (docs/contract.md, "Contract id" and "Cyclic types"). contract.ts passes the
// types of all messages of a service. Each component of types that refer to each other is hashed as
// one, after the components that it refers to.

import type { WireTypeInfo } from "@aster/codec";
import { blake3 } from "#blake3";
import { ContractError } from "../error.ts";
import { byCodePoint, encodeTypeDef } from "./canonical.ts";
import { CanonicalWriter } from "./canonical-writer.ts";
import { componentsOf } from "./components.ts";
import type { TypeDef } from "./service-contract.ts";
import { dottedName, type References, typeDefOf } from "./type-def.ts";
import { reachableTypes, typesHashed } from "./type-edges.ts";

/** A type and its hash. */
export interface HashedType {
  /** `undefined` for unions, because they have no tag. */
  readonly tag: string | undefined;
  readonly definition: TypeDef;
  /** The canonical bytes of the definition. */
  readonly bytes: Uint8Array;
  /** The BLAKE3 hash of the bytes, 32 bytes. */
  readonly hash: Uint8Array;
}

/** Lower-case hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

const NONE = new Uint8Array();

function hashed(tag: string | undefined, definition: TypeDef): HashedType {
  const bytes = encodeTypeDef(definition);
  return { tag, definition, bytes, hash: blake3(bytes) };
}

/** Hashes the types of one graph, component by component, in the order of references. */
class TypeHasher {
  readonly #byTag = new Map<string, HashedType>();
  readonly #unions = new Map<string, HashedType>();

  get types(): readonly HashedType[] {
    return [...this.#byTag.values(), ...this.#unions.values()];
  }

  #references(members: ReadonlySet<string>, cycle: Uint8Array, keepUnions: boolean): References {
    return {
      to: (info) =>
        members.has(info.tag)
          ? { typeKind: "self_ref", typeRef: cycle, selfRefName: dottedName(info) }
          : {
              typeKind: "ref",
              typeRef: this.#byTag.get(info.tag)?.hash ?? NONE,
              selfRefName: "",
            },
      union: (definition) => {
        const union = hashed(undefined, definition);
        if (keepUnions) this.#unions.set(toHex(union.hash), union);
        return union.hash;
      },
    };
  }

  /** The hash of a component (docs/contract.md, "Cyclic types"). */
  #cycleHash(infos: readonly WireTypeInfo[], members: ReadonlySet<string>): Uint8Array {
    const names = new Set(infos.map(dottedName));
    if (names.size < infos.length) {
      throw new ContractError(
        "tag",
        `types that refer to each other have the same dotted name: ${[...members].join(", ")}; ` +
          "rename one of them",
      );
    }
    const references = this.#references(members, NONE, false);
    const writer = new CanonicalWriter();
    writer.list(infos, (info) => writer.bytes(encodeTypeDef(typeDefOf(info, references))));
    return blake3(writer.finish());
  }

  add(component: readonly WireTypeInfo[], cyclic: boolean): void {
    const members = new Set(cyclic ? component.map((info) => info.tag) : []);
    const infos = component.toSorted((left, right) => byCodePoint(left.tag, right.tag));
    const cycle = infos.length > 1 ? this.#cycleHash(infos, members) : NONE;
    const references = this.#references(members, cycle, true);
    const done = infos.map((info) => hashed(info.tag, typeDefOf(info, references)));
    for (const type of done) this.#byTag.set(type.tag ?? "", type);
  }
}

/** Hashes all types reachable from the roots: a type after those it refers to, unions last. */
export function hashTypes(roots: readonly WireTypeInfo[]): readonly HashedType[] {
  const nodes = reachableTypes(roots);
  const targets = new Map<string, readonly string[]>();
  for (const [tag, info] of nodes) {
    const tags = info.fields.flatMap((field) => typesHashed(field.type).map((type) => type.tag));
    targets.set(tag, [...new Set(tags)].sort(byCodePoint));
  }
  const edges = (tag: string) => targets.get(tag) ?? [];
  const hasher = new TypeHasher();
  for (const component of componentsOf([...nodes.keys()].sort(byCodePoint), edges)) {
    const infos = component.flatMap((tag) => nodes.get(tag) ?? []);
    const cyclic = component.length > 1 || edges(component[0] ?? "").includes(component[0] ?? "");
    hasher.add(infos, cyclic);
  }
  return hasher.types;
}
