import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { fileNonceStore } from "../../../src/index.ts";
import { Consumer } from "./consumer.ts";

/** Kills a process that uses tokens, at random times, and uses all of them again. */
export async function useTokensAcrossKills(kills: number): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), "aster-tokens-"));
  const [folder, log] = [join(base, "tokens"), join(base, "log")];
  const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;
  try {
    let from = 0;
    for (let round = 0; round < kills; round++) {
      const consumer = new Consumer({ folder, from, to: from + 100_000, expiresAt, log });
      await consumer.ready;
      await sleep(Math.random() * 20);
      consumer.kill();
      const accepted = await consumer.accepted;
      // the token after the last accepted one may have been used, but not more than once
      const until = (accepted.at(-1) ?? from) + 2;
      const uses = new Map(accepted.map((at) => [at, 1]));
      for (let again = 0; again < 2; again++) {
        const store = fileNonceStore(folder);
        for (let at = from; at < until; at++) {
          const nonce = at.toString(16).padStart(64, "0");
          if (await store.consume(nonce, expiresAt)) uses.set(at, (uses.get(at) ?? 0) + 1);
        }
      }
      expect([...uses].filter(([, count]) => count > 1)).toEqual([]);
      from = until;
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
