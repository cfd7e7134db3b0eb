import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type CodecAnswer, codecAnswer } from "../src/codec/answer.ts";
import type { Declaration } from "../src/codec/notation.ts";
import { Child } from "../src/process/child.ts";
import { pythonWithFory } from "../src/process/python.ts";
import { canonical } from "./support/canonical.ts";
import { Maker, type RandomCase, random } from "./support/random-case.ts";
import { Evolver } from "./support/random-evolution.ts";
import { scalarsOfB } from "./support/scalars.ts";

const script = fileURLToPath(new URL("../python/fory_oracle.py", import.meta.url));
const seed = Number(process.env.ASTER_CODEC_SEED ?? Date.now() % 2 ** 32);
const count = Number(process.env.ASTER_CODEC_CASES ?? 300);
const python = await pythonWithFory();

interface Verdict {
  readonly hex?: string;
  readonly value?: unknown;
  readonly refused?: string;
  readonly own?: unknown;
  readonly own_refused?: string;
  readonly error?: string;
}

/** Where a type has no zero, the judge takes null for what the message lacks, and we refuse: docs/fory.md, "Evolution". */
function lacksZero(answer: CodecAnswer, judged: string): boolean {
  if (!("error" in answer) || !answer.error.message.includes("has no value for it")) return false;
  const field = answer.error.path?.split(".").at(-1);
  return answer.error.code === "mismatch" && judged.includes(`"${field}":null`);
}

/** What is wrong when `one` is read with other types, or undefined. */
async function problem(
  oracle: Child,
  one: RandomCase,
  reader: readonly Declaration[],
): Promise<string | undefined> {
  const request = { ...one, profile: "B", compatible: true, ref: false };
  const ours = codecAnswer({ ...request, op: "encode" });
  if (!("hex" in ours)) return `we do not encode it: ${JSON.stringify(ours)}`;
  oracle.send({ ...request, reader, hex: ours.hex });
  const judge = await oracle.line((line): line is Verdict => typeof line === "object");
  if (judge.error !== undefined) return `the judge: ${judge.error}`;
  const [fromOurs, fromOwn] = [judge.refused ?? judge.value, judge.own_refused ?? judge.own];
  if (canonical(fromOurs) !== canonical(fromOwn)) {
    return `the judge reads ${canonical(fromOurs)} from ${ours.hex}, and ${canonical(fromOwn)} from its own ${judge.hex}`;
  }
  for (const engine of ["generated", "closures"]) {
    for (const hex of [judge.hex, ours.hex]) {
      const answer = codecAnswer({ ...request, types: reader, op: "decode", hex, engine });
      if ("error" in answer && judge.refused !== undefined) continue;
      const here = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
      if (here !== canonical(fromOurs) && !lacksZero(answer, JSON.stringify(fromOurs))) {
        return `${engine} reads ${here}, the judge ${canonical(fromOurs)}, from ${hex}`;
      }
    }
  }
  return undefined;
}

describe.skipIf("missing" in python)("two versions of random types", () => {
  it(`pyfory and we read alike what the other version wrote (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 200 * count,
  }, async () => {
    if ("missing" in python) return;
    await using oracle = new Child(python.path, ["-B", script]);
    for (let i = 0; i < count; i++) {
      const next = random(seed + i);
      const maker = new Maker(next, { scalars: scalarsOfB, compatible: true, unions: false });
      const older = maker.case();
      const types = new Evolver(next).types(older.types);
      const newer = { types, root: older.root, value: maker.valueOf(types, older.root) };
      for (const [one, reader] of [
        [older, newer.types],
        [newer, older.types],
      ] as const) {
        const found = await problem(oracle, one, reader);
        if (found === undefined) continue;
        expect.fail(
          `case ${i} of seed ${seed}: ${JSON.stringify(one)}\nread as ${JSON.stringify(reader)}\n${found}`,
        );
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});
