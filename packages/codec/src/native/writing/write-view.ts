import { littleEndian } from "../../bytes/float.ts";
import { fail } from "../../failure.ts";
import { NativeId } from "../native-id.ts";
import type { View, ViewKind } from "../view-kind.ts";
import type { NativeWriter } from "./native-writer.ts";
import type { Window } from "./windows.ts";

/** A typed array or DataView: alone with its bytes, or as a part of bytes that others share. */
export function writeView(w: NativeWriter, view: View, kind: ViewKind): void {
  if (w.seen(view)) return;
  const holder = w.identities.size - 1;
  const { start, end } = rangeOf(view, kind);
  const buffer = view.buffer as ArrayBuffer;
  const window = w.windows.find(buffer, start, end, kind.size);
  const whole = window === undefined || (window.base === start && window.end === end);
  if (whole && kind.compact && (window === undefined || window.holder < 0)) {
    if (window) window.holder = holder;
    else w.windows.add(buffer, start, end, holder);
    writeBytes(w, view, kind);
    return;
  }
  if (!window) w.windows.add(buffer, start, end, w.identities.size);
  writePart(w, view, kind, window);
}

/** A view as a value of its own: nothing is shared. */
export function writeBytes(w: NativeWriter, view: View, kind: ViewKind): void {
  const { start, end } = rangeOf(view, kind);
  w.putByte(kind.id);
  w.putSmall(end - start);
  w.putBytes(new Uint8Array(view.buffer, start, end - start));
}

function rangeOf(view: View, kind: ViewKind): { readonly start: number; readonly end: number } {
  if (!(view.buffer instanceof ArrayBuffer)) {
    throw fail("value", "memory that threads share has no form on the wire: send a copy of it");
  }
  if (kind.size > 1 && !littleEndian) {
    throw fail("value", "typed arrays travel between little-endian machines only: send an array");
  }
  return { start: view.byteOffset, end: view.byteOffset + view.byteLength };
}

function writePart(w: NativeWriter, view: View, kind: ViewKind, window: Window | undefined): void {
  const base = window?.base ?? view.byteOffset;
  w.putByte(NativeId.view);
  w.putByte(kind.id);
  if (window && window.holder >= 0) w.putSmall(window.holder + 1);
  else {
    w.putByte(0);
    const start = window?.start ?? base;
    const end = window?.end ?? base + view.byteLength;
    if (window) window.holder = w.identities.size;
    // the bytes are an object of their own, which nothing can refer to but views
    w.identities.add({}, undefined);
    w.putSmall(end - base);
    for (let i = base; i < start; i++) w.putByte(0);
    w.putBytes(new Uint8Array(view.buffer, start, end - start));
  }
  w.putSmall(view.byteOffset - base);
  w.putSmall(view.byteLength / kind.size);
}

/** A whole buffer, or that of a view which was written before. */
export function writeBuffer(w: NativeWriter, buffer: ArrayBuffer): void {
  const size = buffer.byteLength;
  const window = w.windows.find(buffer, 0, size, 1);
  if (window && window.holder >= 0 && window.base === 0 && window.end === size) {
    w.putByte(NativeId.bufferOf);
    w.putSmall(window.holder);
    return;
  }
  if (w.seen(buffer)) return;
  const holder = w.identities.size - 1;
  if (window) window.holder = holder;
  else w.windows.add(buffer, 0, size, holder);
  w.putByte(NativeId.arrayBuffer);
  w.putSmall(size);
  w.putBytes(new Uint8Array(buffer));
}
