import { TransportError } from "../error.ts";
import type { ConnectOptions } from "../node.ts";

const DEFAULT_TIMEOUT_MS = 20_000;

/** A dial under way: it ends with a connection, or when its time is up or somebody gives it up. */
export class Dial {
  readonly #abort = new AbortController();
  readonly #given: Promise<never>;

  constructor() {
    this.#given = new Promise((_, reject) => {
      const { signal } = this.#abort;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    this.#given.catch(() => {});
  }

  /** After this nobody takes the connection any more. */
  get over(): boolean {
    return this.#abort.signal.aborted;
  }

  giveUp(error: TransportError): void {
    this.#abort.abort(error);
  }

  async run<T>(options: ConnectOptions, work: () => Promise<T>): Promise<T> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const late = (): void =>
      this.giveUp(new TransportError("timeout", `no answer in ${timeoutMs} ms`));
    const aborted = (): void =>
      this.giveUp(new TransportError("closed", "the dial was aborted", { cause: signal?.reason }));
    if (signal?.aborted) aborted();
    if (this.over) return this.#given;
    const timer = setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", aborted, { once: true });
    try {
      return await Promise.race([this.#given, work()]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    }
  }
}
