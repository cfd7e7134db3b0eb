import { startsWith } from "../bytes/byte-reader.ts";
import { fail } from "../failure.ts";
import type { WireTypeInfo } from "../schema/wire-type.ts";
import type { TypePlan } from "./plan.ts";
import type { Profile } from "./profile.ts";
import { readStructInfo } from "./struct-info.ts";
import { typeInfoWriter } from "./type-info.ts";
import type { TypeMeta } from "./type-meta.ts";
import type { ValueOp } from "./values/value-op.ts";
import { Versions } from "./versions.ts";
import type { XlangReader } from "./xlang-reader.ts";
import type { XlangWriter } from "./xlang-writer.ts";

export type WriteStruct = (w: XlangWriter, value: unknown, depth: number) => void;
export type ReadStruct = (r: XlangReader, depth: number) => unknown;

/** What a message may be of: a wire type, or what stands for another type as the root. */
export interface RootBinding extends ValueOp {
  readonly plan: Pick<TypePlan, "profile" | "tracking" | "definition" | "prefix"> & {
    /** The type whose two names `prefix` gives. */
    readonly named: WireTypeInfo | undefined;
  };
  /** What null as the whole message stands for, where it may be null. */
  readonly empty?: () => unknown;
  /** Makes what is written for undefined. */
  readonly filled?: () => unknown;
}

/** One engine's functions for one type. Hash and fields are `write` and `read`; type info comes before. */
export interface Binding extends RootBinding {
  readonly plan: TypePlan;
  write: WriteStruct;
  read: ReadStruct;
  /** What reads values of this type that another definition than ours describes. */
  version(def: TypeMeta): ValueOp;
}

/** Finds or makes the binding of a type in one engine. */
export interface Bind {
  (info: WireTypeInfo): Binding;
  readonly profile: Profile;
}

/** Makes the functions of one type. */
export interface MakeFunctions {
  writer(): WriteStruct;
  reader(): ReadStruct;
  versionReader(def: TypeMeta): ReadStruct;
}

/** A binding whose functions are made when they are first called: types may hold each other. */
export function lazyBinding(plan: TypePlan, make: MakeFunctions): Binding {
  const versions = new Versions(plan, (def) => ({
    ...binding,
    read: make.versionReader(def),
  }));
  const binding: Binding = {
    plan,
    cost: plan.cost,
    shape: plan.info.tag,
    tracked: true,
    write(w, value, depth) {
      binding.write = make.writer();
      binding.write(w, value, depth);
    },
    read(r, depth) {
      binding.read = make.reader();
      return binding.read(r, depth);
    },
    writeInfo: typeInfoWriter(plan.typeInfo, plan.info, plan.definition, plan.profile),
    readInfo: (r) => readStructInfo(r, binding),
    version: (def) => versions.of(def, binding),
  };
  return binding;
}

/** Reads the bytes that tell shapes apart, where the profile has them. */
export function checkLead(r: XlangReader, plan: TypePlan): void {
  const { lead } = plan;
  if (lead.length === 0) return;
  const start = r.take(lead.length);
  if (startsWith(r.bytes, start, lead)) return;
  const theirs = [...r.bytes.subarray(start, start + lead.length)];
  throw fail(
    "mismatch",
    `${plan.info.tag} has another shape here (hash ${hex([...lead].reverse())}) than in the ` +
      `message (hash ${hex(theirs.reverse())}): both sides must be built from the same definition`,
  );
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
