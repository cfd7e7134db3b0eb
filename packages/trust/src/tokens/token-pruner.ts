import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fullStore, isNonce, MOST_TOKENS } from "./nonce-store.ts";
import { readExpiry } from "./token-file.ts";
import type { TokenHorizon } from "./token-horizon.ts";

const INTERVAL_MS = 60_000;

/** Removes the files of expired tokens from a token store, in the background. */
export class TokenPruner {
  readonly #folder: string;
  readonly #horizon: TokenHorizon;
  /** The expiry of each token that was read in the last run. */
  #known: Map<string, number> = new Map();
  #count = 0;
  #nextAt = 0;

  constructor(folder: string, horizon: TokenHorizon) {
    this.#folder = folder;
    this.#horizon = horizon;
  }

  /** Throws if the store holds as many tokens as it may, as far as this process has seen them. */
  checkSpace(): void {
    if (this.#count >= MOST_TOKENS) throw fullStore();
  }

  /** Counts a token that this process has added. */
  added(): void {
    this.#count += 1;
  }

  /** False within a minute after a run has started. */
  get isDue(): boolean {
    return performance.now() >= this.#nextAt;
  }

  /** Starts a run if it is due. */
  runIfDue(): void {
    if (!this.isDue) return;
    this.#nextAt = performance.now() + INTERVAL_MS;
    // tokens that stay do no harm, and the next run tries again
    this.#run().catch(() => {});
  }

  async #run(): Promise<void> {
    const names = (await readdir(this.#folder)).filter(isNonce);
    const nowS = Date.now() / 1_000;
    const kept = new Map<string, number>();
    const expired: string[] = [];
    let latest = 0;
    for (const name of names) {
      const expiresAt = this.#known.get(name) ?? (await readExpiry(this.#folder, name));
      // the file is damaged, or its process is writing it
      if (expiresAt === undefined) continue;
      if (expiresAt > nowS) {
        kept.set(name, expiresAt);
        continue;
      }
      expired.push(name);
      latest = Math.max(latest, expiresAt);
    }
    this.#known = kept;
    this.#count = names.length - expired.length;
    if (expired.length === 0) return;
    await this.#horizon.advance(latest);
    for (const name of expired) await unlink(join(this.#folder, name)).catch(() => {});
  }
}
