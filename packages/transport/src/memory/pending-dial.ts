import { dialTimeoutMs } from "../defaults.ts";
import { TransportError } from "../error.ts";
import type { ConnectOptions } from "../node.ts";
import { clearTimeout, setTimeout } from "../turns.ts";

/** A dial of a memory node. It ends with a connection, at its timeout, or when it is aborted. */
export class PendingDial {
  readonly #controller = new AbortController();
  readonly #aborted: Promise<never>;

  constructor() {
    this.#aborted = new Promise((_, reject) => {
      const { signal } = this.#controller;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    this.#aborted.catch(() => {});
  }

  /** The dial has failed: its connection would not be used. */
  get over(): boolean {
    return this.#controller.signal.aborted;
  }

  abort(error: TransportError): void {
    this.#controller.abort(error);
  }

  async run<T>(options: ConnectOptions, work: () => Promise<T>): Promise<T> {
    const { signal } = options;
    const timeoutMs = dialTimeoutMs(options);
    const late = (): void =>
      this.abort(new TransportError("timeout", `no answer in ${timeoutMs} ms`));
    const aborted = (): void =>
      this.abort(new TransportError("closed", "the dial was aborted", { cause: signal?.reason }));
    if (signal?.aborted) aborted();
    if (this.over) return this.#aborted;
    const timer = setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", aborted, { once: true });
    try {
      return await Promise.race([this.#aborted, work()]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    }
  }
}
