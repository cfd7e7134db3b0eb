/** A range of bytes of a buffer in the message, and the number of the object that brought them. */
export interface Window {
  /**
   * The position where the bytes on the wire begin. It is aligned for all elements; bytes up to
   * `start` are zero.
   */
  readonly base: number;
  readonly start: number;
  readonly end: number;
  /** −1 until the range is written. */
  holder: number;
}

/** Elements are aligned to their size, which is at most this. */
const alignment = 8;
/** Up to this number, the ranges of one buffer are scanned one by one. */
const maxScanned = 64;

/**
 * The ranges of buffers that a message contains. Views that overlap or touch share one range, so
 * that they share memory again after decoding. Bytes outside all views are not sent.
 *
 * The first pass assumes that each view lies alone or inside an earlier one. If that turns out
 * wrong, the rest of the pass only collects the views, and the message is written again with the
 * joined ranges.
 */
export class Windows {
  #windows: Map<ArrayBuffer, Window[]> | undefined;
  #mode: "hope" | "collect" | "known" = "hope";

  /**
   * Returns the range that contains these bytes, aligned for elements of `size` bytes, or undefined
   * if the bytes are alone.
   */
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

  /** Adds bytes that are alone so far. */
  add(buffer: ArrayBuffer, start: number, end: number, holder: number): void {
    if (this.#mode === "known") return;
    this.#windows ??= new Map();
    const windows = this.#windows.get(buffer);
    const window = { base: start, start, end, holder };
    if (windows) windows.push(window);
    else this.#windows.set(buffer, [window]);
  }

  /** Joins the ranges and returns true if the message must be written again. */
  regrouped(): boolean {
    if (this.#mode !== "collect") return false;
    this.#mode = "known";
    for (const [buffer, windows] of this.#windows ?? []) {
      this.#windows?.set(buffer, joined(windows));
    }
    return true;
  }

  /** Drops all ranges, for the next message. */
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

/** Returns the last range that begins at or before a position. */
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
