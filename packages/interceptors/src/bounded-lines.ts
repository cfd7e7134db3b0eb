import type { Writable } from "node:stream";

/**
 * Writes lines to a stream, of which so many bytes may wait in it. Further lines are left out and
 * counted until it has room again. It never throws and never waits; the caller closes the stream.
 */
export class BoundedLines {
  readonly #stream: Writable;
  readonly #mostBytes: number;
  readonly #lineOfLost: (count: number) => string;
  /** Called when a line has left the stream. `drain` does not come below its high-water mark. */
  readonly #left = (): void => this.#reportLost();
  #lost = 0;
  #lostInAll = 0;
  #written = 0;

  /** `lineOfLost` makes the line that says how many were left out; `failed` must not throw. */
  constructor(
    stream: Writable,
    mostBytes: number,
    lineOfLost: (count: number) => string,
    failed: (error: Error) => void,
  ) {
    this.#stream = stream;
    this.#mostBytes = mostBytes;
    this.#lineOfLost = lineOfLost;
    // without a listener the error would end the process
    stream.on("error", failed);
  }

  /** The lines that were passed to the stream, and those that were left out. */
  get counts(): { readonly written: number; readonly lost: number } {
    return { written: this.#written, lost: this.#lostInAll };
  }

  write(line: string): void {
    this.#reportLost();
    if (this.#lost === 0 && this.#send(line)) this.#written += 1;
    else {
      this.#lost += 1;
      this.#lostInAll += 1;
    }
  }

  /** Says how many lines were left out, when the stream has room for some more again. */
  #reportLost(): void {
    if (this.#lost === 0 || this.#stream.writableLength > this.#mostBytes / 2) return;
    if (this.#send(this.#lineOfLost(this.#lost))) this.#lost = 0;
  }

  /** Returns `false` for a stream that has ended or is full. */
  #send(line: string): boolean {
    const text = `${line}\n`;
    const { writable, writableLength } = this.#stream;
    if (!writable || writableLength + Buffer.byteLength(text) > this.#mostBytes) return false;
    this.#stream.write(text, this.#left);
    return true;
  }
}
