import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Consumer } from "./support/consumer.ts";
import { useTokensAcrossKills } from "./support/kills.ts";

test("of several processes exactly one accepts a token", async () => {
  const base = mkdtempSync(join(tmpdir(), "aster-tokens-"));
  try {
    const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;
    const range = { folder: join(base, "tokens"), from: 1, to: 200, expiresAt };
    const consumers = [1, 2, 3].map(
      (at) => new Consumer({ ...range, log: join(base, `log${at}`) }),
    );
    const accepted = await Promise.all(consumers.map((consumer) => consumer.accepted));
    const all = accepted.flat().sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 200 }, (_, at) => at + 1));
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

test("no token is accepted twice across kills of the process", () => useTokensAcrossKills(8));
