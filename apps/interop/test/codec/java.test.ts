import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canonical, codecAnswer } from "@aster-apps/testkit/codec";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../../../../fixtures/fory/java", import.meta.url));
const fixture = fileURLToPath(new URL("../../../../fixtures/fory/java-b.json", import.meta.url));

interface Case {
  readonly name: string;
  readonly config: { readonly compatible: boolean; readonly ref: boolean };
  readonly types: readonly object[];
  readonly root: object;
  readonly value: unknown;
}

interface Answer {
  readonly name: string;
  readonly value?: unknown;
  readonly error?: string;
}

/**
 * Returns the reason for which Fory for Java cannot run here, if there is one. Maven downloads it,
 * which happens only in CI.
 */
function missing(): string | undefined {
  if (!process.env.CI) return "CI is not set";
  const runs = (command: string, flag: string) => spawnSync(command, [flag]).status === 0;
  return runs("java", "-version") && runs("mvn", "-v")
    ? undefined
    : "java or mvn was not found on the PATH";
}

/**
 * Cases with values that JavaScript writes as another type, or that Java cannot read from pyfory
 * either.
 */
const unlike = /^(?:limits|list)\/decimal|^any\/date|^enum\/any|^ref\/shared list/;

/**
 * Unions by name outside of fields: pyfory loses their names, so the fixture does not contain them.
 */
const Contact = { union: "Contact", ns: "vec", cases: { 0: "string", 1: { list: "varint32" } } };
const choice = { $union: "Contact", case: 1, v: [7] };
const named: readonly Case[] = [
  { name: "root/union by name", root: { type: "Contact" }, value: choice, types: [Contact] },
  {
    name: "any/union by name",
    root: { type: "One" },
    value: { $struct: "One", f: { v: choice } },
    types: [Contact, { struct: "One", ns: "vec", fields: [{ name: "v", type: "any" }] }],
  },
].map((one) => ({ ...one, config: { compatible: true, ref: false } }));

const reason = missing();
if (reason !== undefined) process.stderr.write(`Fory for Java is not tested: ${reason}\n`);

function readByJava(lines: readonly object[]): readonly Answer[] {
  const scratch = mkdtempSync(join(tmpdir(), "aster-java-"));
  const [given, answers] = [join(scratch, "in.jsonl"), join(scratch, "out.jsonl")];
  try {
    writeFileSync(given, lines.map((line) => JSON.stringify(line)).join("\n"));
    const goals = ["-q", "-B", "compile", "exec:java", `-Dexec.args=check ${given} ${answers}`];
    const { status, stdout, stderr } = spawnSync("mvn", goals, { cwd: folder, encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
    return readFileSync(answers, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

describe.skipIf(reason !== undefined)("Fory for Java", () => {
  it("reads what this codec writes", { timeout: 300_000 }, () => {
    const { cases } = JSON.parse(readFileSync(fixture, "utf8")) as { cases: readonly Case[] };
    const values = new Map<string, string>();
    // without definitions Java encodes nested structs differently
    const asked = [...cases, ...named].filter(
      ({ name, config }) => config.compatible && !unlike.test(name),
    );
    const lines = asked.map(({ name, config, types, root, value }) => {
      const request = { op: "encode", profile: "B", ...config, types, root, value };
      const answer = codecAnswer(request);
      if (!("hex" in answer)) throw new Error(`${name}: ${JSON.stringify(answer)}`);
      values.set(name, canonical(value));
      return { name, config, types, root, hex: answer.hex };
    });
    expect(lines.length).toBeGreaterThan(340);
    const problems = readByJava(lines).flatMap(({ name, value, error }) => {
      const read = error ?? canonical(value);
      return read === values.get(name) ? [] : [`${name}: ${read}, not ${values.get(name)}`];
    });
    expect(problems).toEqual([]);
  });
});
