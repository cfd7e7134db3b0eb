import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseRowSchema, rowCodec, rowReader } from "@aster/codec/row";
import { pythonWithFory } from "@aster-apps/conformance/python";
import { describe, expect, it } from "vitest";
import { buildRow, type RowCase } from "../../../../packages/codec/test/support/row-fixture.ts";
import { caseCount, seed } from "./support/reference.ts";

const script = fileURLToPath(new URL("../../../../fixtures/fory/make_rows.py", import.meta.url));
const count = caseCount(400);
const environment = await pythonWithFory();

/** Runs pyfory as the reference implementation of rows; returns its lines. */
function reference(args: readonly string[], input = ""): readonly string[] {
  if ("missing" in environment) return [];
  const run = spawnSync(environment.path, ["-B", script, ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout.trim().split("\n");
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe.skipIf("missing" in environment)("random rows", () => {
  it(`writes the same rows as pyfory and reads them (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 1000 * count,
  }, () => {
    const made = reference(["random", String(seed), String(count)]);
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
    const results = reference(["check"], ours.join("\n"));
    expect(results.filter((line) => !/: ok(?:, written alike)?$/.test(line))).toEqual([]);
    expect(results.length).toBe(count);
  });
});
