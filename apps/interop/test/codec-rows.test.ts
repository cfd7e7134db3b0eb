import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseRowSchema, rowCodec, rowReader } from "@aster/codec/row";
import { describe, expect, it } from "vitest";
import { buildRow, type RowCase } from "../../../packages/codec/test/support/row-fixture.ts";
import { pythonWithFory } from "../src/process/python.ts";

const script = fileURLToPath(new URL("../../../fixtures/fory/make_rows.py", import.meta.url));
const seed = Number(process.env.ASTER_CODEC_SEED ?? Date.now() % 2 ** 32);
const count = Number(process.env.ASTER_CODEC_CASES ?? 400);
const python = await pythonWithFory();

function judge(args: readonly string[], input = ""): readonly string[] {
  if ("missing" in python) return [];
  const run = spawnSync(python.path, ["-B", script, ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout.trim().split("\n");
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe.skipIf("missing" in python)("random rows", () => {
  it(`pyfory and we write the same and read it (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 50 * count,
  }, () => {
    const made = judge(["random", String(seed), String(count)]);
    expect(made.length).toBe(count);
    const ours = made.map((line) => {
      const given = JSON.parse(line) as RowCase;
      const { type, value } = buildRow(given);
      const rows = rowCodec(type);
      const theirs = new Uint8Array(Buffer.from(given.hex, "hex"));
      expect(rows.decode(theirs), given.name).toEqual(value);
      expect(rows.view(theirs).toObject(), given.name).toEqual(value);
      const schema = parseRowSchema(Buffer.from(given.schema, "hex"));
      expect(() => rowReader(schema).decode(theirs), given.name).not.toThrow();
      const row = rows.encode(value);
      expect(hexOf(row), given.name).toBe(given.hex);
      expect(hexOf(rows.schemaBytes()), given.name).toBe(given.schema);
      return JSON.stringify({ ...given, hex: hexOf(row) });
    });
    const verdicts = judge(["check"], ours.join("\n"));
    expect(verdicts.filter((line) => !/: ok(?:, written alike)?$/.test(line))).toEqual([]);
    expect(verdicts.length).toBe(count);
  });
});
