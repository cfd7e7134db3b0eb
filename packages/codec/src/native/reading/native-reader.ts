import { ByteReader } from "../../bytes/byte-reader.ts";
import { readDouble } from "../../bytes/float.ts";
import { latin1 } from "../../bytes/text.ts";
import { readTimestamp } from "../../bytes/timestamp.ts";
import { TypeId } from "../../bytes/type-id.ts";
import { readVarint32, readVarint64, readVarintBig } from "../../bytes/varint.ts";
import { fail } from "../../failure.ts";
import { readLongBigint } from "../native-bigint.ts";
import { firstShapeId, firstSmallId, NativeId, zeroId } from "../native-id.ts";
import { readNativeText } from "../native-text.ts";
import type { Shape } from "../records/shape.ts";
import { isNumbered } from "../text-table.ts";
import type { ExtNamed } from "../types/ext-types.ts";
import type { BoundStruct, StructNamed } from "../types/native-types.ts";
import { readArray } from "./read-array.ts";
import { readMap, readSet } from "./read-collection.ts";
import { readBoxed, readError, readRegExp } from "./read-object.ts";
import { readDefined, readEntries, readExt, readRecord } from "./read-record.ts";
import { readBuffer, readBufferOf, readView, viewReaders } from "./read-view.ts";

/** Approximate cost of a text, as in `CodecLimits.graphBytes`. */
const textCost = 64;
/** The same for a number that V8 keeps on the heap, a bigint and a date. */
const heapNumberCost = 16;
const bigintCost = 64;
const dateCost = 280;

/**
 * Reads one message in NATIVE, and holds what it has contained so far: objects, texts and shapes of
 * records. The values of the message may refer to them. `value` dispatches on the id of a value;
 * the files beside this one read the containers.
 */
export class NativeReader extends ByteReader {
  /** All objects in order of appearance; undefined for an object that is being read. */
  objects: (object | undefined)[] = [];
  texts: string[] = [];
  recordShapes: Shape[] = [];
  /** Instances of wire types. They are checked when the message is complete. */
  instances: (readonly [object, BoundStruct])[] = [];
  /** True if an object appeared twice. The value may then contain a cycle. */
  repeats = false;
  /** True if any object may repeat. */
  keeps = true;
  /** True if generated code is not used, so that errors have a path. */
  exact = false;
  structNamed: StructNamed = () => undefined;
  extNamed: ExtNamed = () => undefined;

  /** Starts a message. */
  override begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.end = bytes.length;
    this.pos = 0;
    this.clear();
  }

  /** Drops what the reader held of the last message. */
  clear(): void {
    if (this.objects.length > 0) this.objects = [];
    if (this.texts.length > 0) this.texts = [];
    if (this.recordShapes.length > 0) this.recordShapes = [];
    if (this.instances.length > 0) this.instances = [];
    this.repeats = false;
  }

  /** Reads any value with its id. `depth` is the depth of the value itself. */
  value(depth: number): unknown {
    const id = this.byte();
    if (id >= firstSmallId) return id - zeroId;
    if (id >= firstShapeId) return readRecord(this, id - firstShapeId, depth);
    switch (id) {
      case TypeId.string:
        return this.text();
      case TypeId.varint32:
        return readVarint32(this);
      case TypeId.float64:
        this.charge(heapNumberCost);
        return readDouble(this);
      case TypeId.varint64:
        this.charge(heapNumberCost);
        return readVarint64(this);
      case TypeId.bool:
        return this.bool();
      case TypeId.none:
        return null;
      case NativeId.undefined:
        return undefined;
      case NativeId.textAgain:
        return this.textAgain();
      case NativeId.reference:
        return this.referred();
      case NativeId.shape:
        return readRecord(this, this.small(), depth);
      case NativeId.newShape:
        return readDefined(this, false, depth);
      case TypeId.namedStruct:
        return readDefined(this, true, depth);
      case TypeId.namedExt:
        return readExt(this, depth);
      case NativeId.entries:
        return readEntries(this, depth);
      case TypeId.list:
        return readArray(this, depth);
      case TypeId.map:
        return readMap(this, depth);
      case TypeId.set:
        return readSet(this, depth);
      case NativeId.bigint:
        this.charge(bigintCost);
        return readVarintBig(this);
      case NativeId.longBigint:
        return readLongBigint(this);
      case TypeId.timestamp:
        return this.made(readTimestamp(this), dateCost);
      case NativeId.invalidDate:
        return this.made(new Date(Number.NaN));
      case NativeId.regexp:
        return readRegExp(this);
      case NativeId.error:
        return readError(this, depth);
      case NativeId.boxed:
        return readBoxed(this);
      case NativeId.arrayBuffer:
        return readBuffer(this);
      case NativeId.view:
        return readView(this);
      case NativeId.bufferOf:
        return readBufferOf(this);
      default: {
        const read = viewReaders.get(id);
        if (read) return read(this);
        throw fail("data", `type id ${id} is not known here`);
      }
    }
  }

  /** Reads text without its id, and numbers it if it may appear again. */
  text(): string {
    const text = readNativeText(this);
    this.charge(textCost);
    if (isNumbered(text)) this.texts.push(text);
    return text;
  }

  /** Reads Latin-1 text whose head has been read, in the same way. */
  shortText(start: number, size: number): string {
    const text = latin1(this.bytes, start, start + size);
    this.charge(textCost);
    if (isNumbered(text)) this.texts.push(text);
    return text;
  }

  bool(): boolean {
    const byte = this.byte();
    if (byte > 1) throw fail("data", `a boolean of ${byte}`);
    return byte === 1;
  }

  textAgain(): string {
    const number = this.small();
    const text = this.texts[number];
    if (text === undefined) throw fail("data", `a reference to the unknown text ${number}`);
    return text;
  }

  /** Reads text that is a value, with its id. */
  textValue(): string {
    const id = this.byte();
    if (id === TypeId.string) return this.text();
    if (id === NativeId.textAgain) return this.textAgain();
    throw fail("data", `type id ${id} where text is expected`);
  }

  referred(): object {
    const number = this.small();
    const object = this.objects[number];
    if (object === undefined) throw fail("data", `a reference to the unknown object ${number}`);
    this.repeats = true;
    return object;
  }

  /** Numbers an object. */
  made<T extends object>(object: T, cost = 96): T {
    this.charge(cost);
    this.objects.push(object);
    return object;
  }
}
