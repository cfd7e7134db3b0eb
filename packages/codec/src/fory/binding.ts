import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../wire-type.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { TypePlan } from "./plan.ts";
import { TypeId } from "./type-id.ts";
import type { ValueOp } from "./value-op.ts";

export type WriteStruct = (w: ByteWriter, value: unknown, depth: number) => void;
export type ReadStruct = (r: ByteReader, depth: number) => unknown;

/** One engine's functions for one type. Hash and fields are `write` and `read`; type info comes before. */
export interface Binding extends ValueOp {
  readonly plan: TypePlan;
  write: WriteStruct;
  read: ReadStruct;
}

/** Finds or makes the binding of a type in one engine. */
export type Bind = (info: WireTypeInfo) => Binding;

/** A binding whose functions are made when they are first called: types may hold each other. */
export function lazyBinding(
  plan: TypePlan,
  make: { writer(): WriteStruct; reader(): ReadStruct },
): Binding {
  let message = 0;
  let namespaceId = 0;
  let nameId = 0;
  const binding: Binding = {
    plan,
    cost: plan.cost,
    write(w, value, depth) {
      binding.write = make.writer();
      binding.write(w, value, depth);
    },
    read(r, depth) {
      binding.read = make.reader();
      return binding.read(r, depth);
    },
    writeInfo(w) {
      if (message === w.message) {
        w.putByte(TypeId.namedStruct);
        w.putSmall(((namespaceId + 1) << 1) | 1);
        w.putSmall(((nameId + 1) << 1) | 1);
        return;
      }
      message = w.message;
      if (plan.info.namespace === "" && w.emptyName >= 0) {
        // the empty namespace is the one name that different types share
        namespaceId = w.emptyName;
        nameId = w.names++;
        w.putByte(TypeId.namedStruct);
        w.putSmall(((namespaceId + 1) << 1) | 1);
        w.putBytes(plan.typeInfo.subarray(2));
        return;
      }
      namespaceId = w.names++;
      nameId = w.names++;
      if (plan.info.namespace === "") w.emptyName = namespaceId;
      w.putBytes(plan.typeInfo);
    },
    readInfo: (r) => readTypeInfo(r, plan),
  };
  return binding;
}

/** Reads the type info of a struct that must be of this type. */
export function readTypeInfo(r: ByteReader, plan: TypePlan): void {
  const { typeInfo, info } = plan;
  if (startsWith(r.bytes, r.pos, typeInfo)) {
    r.pos += typeInfo.length;
    r.names.push(info.namespace, info.name);
    return;
  }
  const tag = readTag(r);
  if (tag !== info.tag) {
    throw fail(
      "mismatch",
      `a value of type ${info.tag} expected, the message holds ${tag.slice(0, 80)}`,
    );
  }
}

/** The tag that the type info of a struct names. */
export function readTag(r: ByteReader): string {
  const id = r.byte();
  if (id !== TypeId.namedStruct) {
    throw fail(
      "mismatch",
      `a struct by name (type id ${TypeId.namedStruct}) expected, type id ${id} found`,
    );
  }
  const namespace = r.name("namespace");
  const name = r.name("type");
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Reads the four bytes that tell shapes apart. */
export function checkHash(r: ByteReader, plan: TypePlan): void {
  const start = r.take(4);
  if (startsWith(r.bytes, start, plan.hashBytes)) return;
  const theirs = [3, 2, 1, 0].map((i) => r.bytes[start + i] as number);
  throw fail(
    "mismatch",
    `${plan.info.tag} has another shape here (hash ${hex([...plan.hashBytes].reverse())}) than in the ` +
      `message (hash ${hex(theirs)}): both sides must be built from the same definition`,
  );
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function startsWith(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) {
    if (bytes[at + i] !== start[i]) return false;
  }
  return true;
}
