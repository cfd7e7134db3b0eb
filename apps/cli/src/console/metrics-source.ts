import type { BridgeMessage } from "@aster/console/protocol";
import { usageFailure } from "../command/failure.ts";
import { metricsOfText } from "./prometheus-sample.ts";

const INTERVAL_MS = 2000;
const TIMEOUT_MS = 5000;
const PATH = "/metrics/prometheus";

type Watcher = (message: BridgeMessage) => void;

/** The health endpoint of a peer. It is read every 2 s while a page watches. */
export class MetricsSource implements Disposable {
  readonly #url: URL;
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;

  /** Throws a failure for a text that is not an HTTP URL. */
  constructor(text: string) {
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      throw usageFailure(`--metrics takes an http URL, not "${text}"`);
    }
    this.#url = new URL(text);
    if (this.#url.pathname === "/") this.#url.pathname = PATH;
  }

  /** Sends each reading to `watcher` until the returned function is called. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    this.#timer ??= setInterval(() => void this.#read(), INTERVAL_MS);
    void this.#read();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this[Symbol.dispose]();
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const message = await this.#message();
    this.#isReading = false;
    for (const watcher of this.#watchers) watcher(message);
  }

  async #message(): Promise<BridgeMessage> {
    try {
      const response = await fetch(this.#url, {
        headers: { accept: "text/plain" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return { type: "metrics", metrics: metricsOfText(await response.text(), Date.now()) };
    } catch (error) {
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      return { type: "metricsFailed", message: `${this.#url.href} cannot be read: ${why}` };
    }
  }
}
