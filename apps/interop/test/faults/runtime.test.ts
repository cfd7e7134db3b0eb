// Faults of the surrounding program: terminated workers, and kills during a write.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readIdentity } from "@aster/trust/files";
import { secretKeyIn } from "@aster-apps/testkit";
import { describe, expect, test } from "vitest";
import { inForm } from "./support/form.ts";
import { program } from "./support/testkit-server.ts";

const { workers, kills } = inForm({
  short: { workers: 4, kills: 8 },
  long: { workers: 80, kills: 100 },
});

const path = (name: string) => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));

describe("the runtime", { timeout: 240_000 }, () => {
  test(`J3, J4: a program survives the termination of ${workers} busy workers, four at a time`, async () => {
    await using child = program(path("workers"), `${workers}`);
    expect(await child.exited).toBe(0);
    expect(child.errors).toBe("");
    expect(child.lines).toEqual([{ terminated: workers }]);
  });

  test(`P8: key and identity files are complete or absent after ${kills} kills during writes`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "aster-keys-"));
    try {
      const killed = async () => {
        await using child = program(path("key-maker"), folder);
        await child.line((value): value is object => "making" in (value as object));
        await sleep(Math.random() * 50);
        child.signal("SIGKILL");
        await child.exited;
      };
      for (let left = kills; left > 0; left -= 4)
        await Promise.all(Array.from({ length: 4 }, killed));
      const all = readdirSync(folder).filter((name) => !name.endsWith(".new"));
      const files = all.filter((name) => name.startsWith("key-"));
      for (const name of all.filter((one) => one.startsWith("identity-"))) {
        expect((await readIdentity(join(folder, name))).peers).toEqual([]);
      }
      expect(files.length).toBeGreaterThan(0);
      const keys = files.map((name) => readFileSync(join(folder, name), "utf8"));
      for (const key of keys) {
        expect(JSON.parse(key).secret_key).toMatch(/^[0-9a-f]{64}$/);
      }
      expect(new Set(keys).size).toBe(files.length);
      const [first = ""] = files;
      expect(statSync(join(folder, first)).mode & 0o777).toBe(0o600);
      const kept = Buffer.from(await secretKeyIn(join(folder, first))).toString("hex");
      expect(JSON.parse(keys[0] ?? "").secret_key).toBe(kept);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
