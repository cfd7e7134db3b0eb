import { now } from "../time/clock.ts";

const WINDOW_MS = 10_000;
/** Kinds of lines that are counted apart. There are few; more would be counted together. */
const MOST_KINDS = 100;

/** The result of counting a line. */
interface Window {
  endsAt: number;
  lines: number;
  suppressed: number;
}

/**
 * Limits the lines that peers can cause: of each kind, some in 10 s. The next line that passes
 * says how many did not.
 */
export class LineLimit {
  readonly #most: number;
  readonly #windows = new Map<string, Window>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Counts a line. Returns `undefined` for one too many, else the number of lines of this kind that
   * were left out before it.
   */
  pass(kind: string): number | undefined {
    const at = now();
    const window = this.#window(kind, at);
    if (at >= window.endsAt) {
      const { suppressed } = window;
      Object.assign(window, { endsAt: at + WINDOW_MS, lines: 1, suppressed: 0 });
      return suppressed;
    }
    window.lines += 1;
    if (window.lines <= this.#most) return 0;
    window.suppressed += 1;
    return undefined;
  }

  #window(kind: string, at: number): Window {
    const known = this.#windows.get(kind);
    if (known !== undefined) return known;
    const name = this.#windows.size < MOST_KINDS ? kind : "";
    const made = this.#windows.get(name) ?? { endsAt: at + WINDOW_MS, lines: 0, suppressed: 0 };
    this.#windows.set(name, made);
    return made;
  }
}
