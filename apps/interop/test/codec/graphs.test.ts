import { pythonWithFory } from "@aster-apps/conformance/python";
import { canonical, codecAnswer } from "@aster-apps/testkit/codec";
import type { Child } from "@aster-apps/testkit/process";
import { describe, expect, it } from "vitest";
import { random } from "../support/random.ts";
import type { RandomCase } from "./support/random-case.ts";
import { GraphMaker, renumbered } from "./support/random-graph.ts";
import { ask, caseCount, seed, startReference } from "./support/reference.ts";

const count = caseCount(300);
const environment = await pythonWithFory();

interface Answer {
  readonly hex?: string;
  readonly value?: unknown;
  readonly error?: string;
}

/** Returns the difference between this codec and the reference, if there is one. */
async function difference(reference: Child, one: RandomCase): Promise<string | undefined> {
  const request = { ...one, profile: "B", compatible: true, ref: true };
  const ours = codecAnswer({ ...request, op: "encode" });
  if (!("hex" in ours)) return `this codec does not encode it: ${JSON.stringify(ours)}`;
  const theirs = await ask<Answer>(reference, { ...request, hex: ours.hex });
  if (theirs.error !== undefined) return `pyfory: ${theirs.error}; encoded as ${ours.hex}`;
  const value = canonical(renumbered(one.value));
  const read = canonical(theirs.value);
  if (read !== value) return `pyfory reads ${read}, not ${value}; encoded as ${ours.hex}`;
  for (const engine of ["generated", "closures"]) {
    for (const hex of [theirs.hex, ours.hex]) {
      const back = codecAnswer({ ...request, op: "decode", hex, engine });
      const text = "value" in back ? canonical(back.value) : JSON.stringify(back);
      if (text !== value) return `${engine} reads ${text}, not ${value}, from ${hex}`;
    }
  }
  return undefined;
}

describe.skipIf("missing" in environment)("random graphs of objects", () => {
  it(`keeps the same identities as pyfory (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 100 * count,
  }, async () => {
    if ("missing" in environment) return;
    await using reference = startReference(environment.path);
    let shared = 0;
    for (let i = 0; i < count; i++) {
      const one = new GraphMaker(random(seed + i)).case();
      const found = await difference(reference, one);
      if (found !== undefined) {
        expect.fail(`case ${i} of seed ${seed}: ${JSON.stringify(one)}\n${found}`);
      }
      if (JSON.stringify(one.value).includes('"$ref"')) shared++;
    }
    expect(shared).toBeGreaterThan(count / 4);
  });
});
