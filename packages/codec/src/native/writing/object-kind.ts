import { writeTimestamp } from "../../bytes/timestamp.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { isForeignPlain, typedArrayName } from "../../value-kind.ts";
import { errorClasses } from "../error-kind.ts";
import { NativeId } from "../native-id.ts";
import { type View, viewKinds } from "../view-kind.ts";
import type { NativeWriter } from "./native-writer.ts";
import { writeMap, writeSet } from "./write-collection.ts";
import { writeError } from "./write-error.ts";
import { writePlain } from "./write-record.ts";
import { writeBuffer, writeView } from "./write-view.ts";

type WriteObject = (w: NativeWriter, value: object, depth: number) => void;

/** Maximum length of a chain of prototypes. A proxy could make up an endless one. */
const maxChain = 32;

/**
 * Writers by the prototype of the class. Instances of subclasses are written as the standard class.
 */
const writers = new Map<object, WriteObject>([
  [Map.prototype, (w, value, depth) => writeAnyMap(w, value as Map<unknown, unknown>, depth)],
  [Set.prototype, (w, value, depth) => writeAnySet(w, value as Set<unknown>, depth)],
  [Date.prototype, (w, value) => writeDate(w, value as Date)],
  [RegExp.prototype, (w, value) => writeRegExp(w, value as RegExp)],
  [ArrayBuffer.prototype, (w, value) => writeBuffer(w, value as ArrayBuffer)],
  [Boolean.prototype, (w, value) => writeBoxed(w, value, Boolean.prototype.valueOf.call(value))],
  [Number.prototype, (w, value) => writeBoxed(w, value, Number.prototype.valueOf.call(value))],
  [String.prototype, (w, value) => writeBoxed(w, value, String.prototype.valueOf.call(value))],
  [BigInt.prototype, (w, value) => writeBoxed(w, value, BigInt.prototype.valueOf.call(value))],
]);
const viewNames = new Map<string, object>();
for (const kind of viewKinds.values()) {
  viewNames.set(kind.prototype.constructor.name, kind.prototype);
  writers.set(kind.prototype, (w, value) => writeView(w, value as View, kind));
}
errorClasses.forEach(({ prototype }, place) => {
  writers.set(prototype, (w, value, depth) => writeError(w, value as Error, place, depth));
});

/** Writes an object of a standard class. Returns false for all others. */
export function writeOther(w: NativeWriter, value: object, depth: number): boolean {
  let prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || isForeignPlain(prototype)) {
    writePlain(w, value, depth);
    return true;
  }
  for (let i = 0; prototype !== null && i < maxChain; i++) {
    const write = writers.get(prototype);
    if (write) {
      write(w, value, depth);
      return true;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  const write = foreignWriter(value);
  write?.(w, value, depth);
  return write !== undefined;
}

/** Constructors of this realm by the names that `Object.prototype.toString` gives to instances. */
const byTag = new Map<string, object>(
  [Map, Set, Date, RegExp, ArrayBuffer, Boolean, Number, String, BigInt, DataView].map(
    ({ name, prototype }) => [`[object ${name}]`, prototype],
  ),
);

/** Returns the writer for an object of a standard class of another realm. */
function foreignWriter(value: object): WriteObject | undefined {
  const array = typedArrayName(value);
  if (array !== undefined) return writers.get(viewNames.get(array) ?? value);
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object Error]") return writers.get(errorPrototype(value));
  const prototype = byTag.get(tag);
  return prototype && writers.get(prototype);
}

/** Returns the prototype of this realm for an error of another: by the names of its classes. */
function errorPrototype(error: object): object {
  let prototype: object | null = Object.getPrototypeOf(error);
  for (let i = 0; prototype !== null && i < maxChain; i++) {
    const name: unknown = Object.hasOwn(prototype, "name") && (prototype as Error).name;
    const known = errorClasses.find((one) => one.name === name);
    if (known) return known.prototype;
    prototype = Object.getPrototypeOf(prototype);
  }
  return Error.prototype;
}

function writeAnyMap(w: NativeWriter, map: Map<unknown, unknown>, depth: number): void {
  if (!w.opened(map, depth)) return;
  const write = (value: unknown): void => w.value(value, depth + 1);
  writeMap(w, map, write, write);
}

function writeAnySet(w: NativeWriter, set: Set<unknown>, depth: number): void {
  if (!w.opened(set, depth)) return;
  writeSet(w, set, (value) => w.value(value, depth + 1));
}

function writeDate(w: NativeWriter, date: Date): void {
  if (w.seen(date)) return;
  if (Number.isNaN(Date.prototype.getTime.call(date))) {
    w.putByte(NativeId.invalidDate);
    return;
  }
  w.putByte(TypeId.timestamp);
  writeTimestamp(w, date);
}

function writeRegExp(w: NativeWriter, expression: RegExp): void {
  if (w.seen(expression)) return;
  w.putByte(NativeId.regexp);
  w.text(expression.source);
  w.text(expression.flags);
}

function writeBoxed(w: NativeWriter, value: object, primitive: unknown): void {
  if (w.seen(value)) return;
  w.putByte(NativeId.boxed);
  w.value(primitive, 0);
}
