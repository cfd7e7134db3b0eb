import { fail } from "../../failure.ts";
import { compactViews, type View, type ViewKind, viewKinds } from "../view-kind.ts";
import type { NativeReader } from "./native-reader.ts";

/** Approximate cost of a view with its buffer, as in `CodecLimits.graphBytes`. */
const viewCost = 1_000;

/** Readers of views with bytes of their own, by their ids. */
export const viewReaders: ReadonlyMap<number, (r: NativeReader) => View> = new Map(
  compactViews.map((kind) => [kind.id, (r) => readAlone(r, kind)]),
);

function readAlone(r: NativeReader, kind: ViewKind): View {
  const buffer = readBytes(r);
  const { byteLength } = buffer;
  if (byteLength % kind.size !== 0) {
    throw fail("data", `${byteLength} bytes for elements of ${kind.size} bytes each`);
  }
  return r.made(kind.make(buffer, 0, byteLength / kind.size), viewCost);
}

function readBytes(r: NativeReader): ArrayBuffer {
  const size = r.small();
  const start = r.take(size);
  const buffer = new ArrayBuffer(size);
  new Uint8Array(buffer).set(r.bytes.subarray(start, start + size));
  return buffer;
}

/** Reads a whole buffer. */
export function readBuffer(r: NativeReader): ArrayBuffer {
  return r.made(readBytes(r), viewCost);
}

/** Reads a view whose bytes other views share. */
export function readView(r: NativeReader): View {
  const id = r.byte();
  const kind = viewKinds.get(id);
  if (!kind) throw fail("data", `a view of type id ${id}`);
  const place = r.objects.push(undefined) - 1;
  const holder = r.small();
  const buffer = holder === 0 ? readBuffer(r) : bufferAt(r, holder - 1);
  const offset = r.small();
  const length = r.small();
  if (offset % kind.size !== 0 || offset + length * kind.size > buffer.byteLength) {
    throw fail("data", `a view of ${length} elements at ${offset} of ${buffer.byteLength} bytes`);
  }
  r.charge(viewCost);
  const view = kind.make(buffer, offset, length);
  r.objects[place] = view;
  return view;
}

/** Reads the buffer of a view that was read before. */
export function readBufferOf(r: NativeReader): ArrayBuffer {
  return bufferAt(r, r.small());
}

function bufferAt(r: NativeReader, number: number): ArrayBuffer {
  const holder = r.objects[number];
  r.repeats = true;
  if (holder instanceof ArrayBuffer) return holder;
  if (ArrayBuffer.isView(holder)) return holder.buffer as ArrayBuffer;
  throw fail("data", `object ${number} of the message has no bytes`);
}
