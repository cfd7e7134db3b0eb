import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { codecAnswer } from "../src/codec/answer.ts";
import { Child } from "../src/process/child.ts";
import { pythonWithFory } from "../src/process/python.ts";
import { canonical } from "./support/canonical.ts";
import { type RandomCase, random } from "./support/random-case.ts";
import { GraphMaker, renumbered } from "./support/random-graph.ts";

const script = fileURLToPath(new URL("../python/fory_oracle.py", import.meta.url));
const seed = Number(process.env.ASTER_CODEC_SEED ?? Date.now() % 2 ** 32);
const count = Number(process.env.ASTER_CODEC_CASES ?? 300);
const python = await pythonWithFory();

interface Verdict {
  readonly hex?: string;
  readonly value?: unknown;
  readonly error?: string;
}

/** What is wrong between the judge and us, or undefined. */
async function problem(oracle: Child, one: RandomCase): Promise<string | undefined> {
  const request = { ...one, profile: "B", compatible: true, ref: true };
  const ours = codecAnswer({ ...request, op: "encode" });
  if (!("hex" in ours)) return `we do not encode it: ${JSON.stringify(ours)}`;
  oracle.send({ ...request, hex: ours.hex });
  const judge = await oracle.line((line): line is Verdict => typeof line === "object");
  if (judge.error !== undefined) return `the judge: ${judge.error}; our bytes: ${ours.hex}`;
  const value = canonical(renumbered(one.value));
  const read = canonical(judge.value);
  if (read !== value) return `the judge reads ${read}, not ${value}; our bytes: ${ours.hex}`;
  for (const engine of ["generated", "closures"]) {
    for (const hex of [judge.hex, ours.hex]) {
      const back = codecAnswer({ ...request, op: "decode", hex, engine });
      const text = "value" in back ? canonical(back.value) : JSON.stringify(back);
      if (text !== value) return `${engine} reads ${text}, not ${value}, from ${hex}`;
    }
  }
  return undefined;
}

describe.skipIf("missing" in python)("random graphs of objects", () => {
  it(`pyfory and we keep the same identities (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 100 * count,
  }, async () => {
    if ("missing" in python) return;
    await using oracle = new Child(python.path, ["-B", script]);
    let shared = 0;
    for (let i = 0; i < count; i++) {
      const one = new GraphMaker(random(seed + i)).case();
      const found = await problem(oracle, one);
      if (found !== undefined) {
        expect.fail(`case ${i} of seed ${seed}: ${JSON.stringify(one)}\n${found}`);
      }
      if (JSON.stringify(one.value).includes('"$ref"')) shared++;
    }
    expect(shared).toBeGreaterThan(count / 4);
  });
});
