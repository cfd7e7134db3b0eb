import { littleEndian } from "../../bytes/float.ts";
import { fail } from "../../failure.ts";
import { isArrayBuffer } from "../../value-kind.ts";
import { NativeId } from "../native-id.ts";
import type { View, ViewKind } from "../view-kind.ts";
import type { NativeWriter } from "./native-writer.ts";
import type { Window } from "./windows.ts";

/**
 * Writes a typed array or DataView: with bytes of its own, or as a part of a range that other views
 * share.
 */
export function writeView(w: NativeWriter, view: View, kind: ViewKind): void {
  if (w.seen(view)) return;
  if (!w.keeps) {
    if (kind.compact) writeBytes(w, view, kind);
    else writePart(w, view, kind, undefined);
    return;
  }
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

/** Writes a view with bytes of its own, which no other view shares. */
export function writeBytes(w: NativeWriter, view: View, kind: ViewKind): void {
  const { start, end } = rangeOf(view, kind);
  w.putByte(kind.id);
  w.putSmall(end - start);
  w.putBytes(new Uint8Array(view.buffer, start, end - start));
}

function rangeOf(view: View, kind: ViewKind): { readonly start: number; readonly end: number } {
  if (!isArrayBuffer(view.buffer)) {
    throw fail("value", "shared memory has no form on the wire: send a copy of it");
  }
  if (kind.size > 1 && !littleEndian) {
    throw fail(
      "value",
      "typed arrays can be sent between little-endian machines only: send an array",
    );
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
    // the bytes count as an object of their own; only views can refer to it
    w.identities.add({}, undefined);
    w.putSmall(end - base);
    for (let i = base; i < start; i++) w.putByte(0);
    w.putBytes(new Uint8Array(view.buffer, start, end - start));
  }
  w.putSmall(view.byteOffset - base);
  w.putSmall(view.byteLength / kind.size);
}

/** Writes a whole buffer, or a reference to that of a view written earlier. */
export function writeBuffer(w: NativeWriter, buffer: ArrayBuffer): void {
  const size = buffer.byteLength;
  if (!w.keeps) {
    if (!w.seen(buffer)) writeOwn(w, buffer);
    return;
  }
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
  writeOwn(w, buffer);
}

function writeOwn(w: NativeWriter, buffer: ArrayBuffer): void {
  w.putByte(NativeId.arrayBuffer);
  w.putSmall(buffer.byteLength);
  w.putBytes(new Uint8Array(buffer));
}
