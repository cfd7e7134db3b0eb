/** Bytes of a buffer that a message holds, and the number of the object that brought them. */
export interface Window {
  /** Where the bytes begin on the wire: aligned for all elements, and zero up to `start`. */
  readonly base: number;
  readonly start: number;
  readonly end: number;
  /** −1 until it is written. */
  holder: number;
}

/** Elements are aligned to their size, at most this. */
const alignment = 8;
/** Up to here the parts of one buffer are looked up one by one. */
const maxScanned = 64;

/**
 * Which parts of which buffers a message holds. Views that overlap or touch share one part, so that they
 * share memory again after the trip; bytes that no view covers do not travel.
 *
 * A message is written in the hope that each view lies alone or within an earlier one. Where that
 * fails, the rest of it only collects all views, and it is written again with the parts known.
 */
export class Windows {
  #windows: Map<ArrayBuffer, Window[]> | undefined;
  #mode: "hope" | "collect" | "known" = "hope";

  /** The part that holds these bytes, aligned for elements of `size` bytes; undefined: none does, they are alone. */
  find(buffer: ArrayBuffer, start: number, end: number, size: number): Window | undefined {
    const windows = this.#windows?.get(buffer);
    if (!windows || this.#mode === "collect") return undefined;
    if (this.#mode === "known") {
      const window = lastUpTo(windows, start);
      return window && end <= window.end && aligned(window, start, size) ? window : undefined;
    }
    for (const window of windows) {
      if (start > window.end || end < window.start) continue;
      if (start >= window.start && end <= window.end && aligned(window, start, size)) return window;
      this.#mode = "collect";
      return undefined;
    }
    if (windows.length >= maxScanned) this.#mode = "collect";
    return undefined;
  }

  /** Notes bytes that are alone so far. */
  add(buffer: ArrayBuffer, start: number, end: number, holder: number): void {
    if (this.#mode === "known") return;
    this.#windows ??= new Map();
    const windows = this.#windows.get(buffer);
    const window = { base: start, start, end, holder };
    if (windows) windows.push(window);
    else this.#windows.set(buffer, [window]);
  }

  /** Whether the message must be written again, now that all its views are known. */
  regrouped(): boolean {
    if (this.#mode !== "collect") return false;
    this.#mode = "known";
    for (const [buffer, windows] of this.#windows ?? []) {
      this.#windows?.set(buffer, joined(windows));
    }
    return true;
  }

  /** Forgets everything: the next message begins. */
  clear(): void {
    this.#windows = undefined;
    this.#mode = "hope";
  }
}

function aligned(window: Window, start: number, size: number): boolean {
  return (start - window.base) % size === 0;
}

function joined(windows: Window[]): Window[] {
  windows.sort((a, b) => a.start - b.start);
  const out: Window[] = [];
  let start = 0;
  let end = -1;
  for (const window of windows) {
    if (window.start <= end) end = Math.max(end, window.end);
    else {
      if (end >= 0) out.push(unwritten(start, end));
      ({ start, end } = window);
    }
  }
  if (end >= 0) out.push(unwritten(start, end));
  return out;
}

function unwritten(start: number, end: number): Window {
  return { base: start - (start % alignment), start, end, holder: -1 };
}

/** The last window that begins at or before a place. */
function lastUpTo(windows: readonly Window[], start: number): Window | undefined {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((windows[middle] as Window).start <= start) low = middle + 1;
    else high = middle;
  }
  return windows[low - 1];
}
