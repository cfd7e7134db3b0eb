import { pythonWithFory } from "@aster-apps/conformance/python";
import {
  type CodecAnswer,
  canonical,
  codecAnswer,
  type Declaration,
} from "@aster-apps/testkit/codec";
import type { Child } from "@aster-apps/testkit/process";
import { describe, expect, it } from "vitest";
import { random } from "../support/random.ts";
import { Maker, type RandomCase } from "./support/random-case.ts";
import { Evolver } from "./support/random-evolution.ts";
import { ask, caseCount, seed, startReference } from "./support/reference.ts";
import { scalarsOfB } from "./support/scalars.ts";

const count = caseCount(150);
const environment = await pythonWithFory();

interface Answer {
  readonly hex?: string;
  readonly value?: unknown;
  readonly refused?: string;
  readonly own?: unknown;
  readonly own_refused?: string;
  readonly error?: string;
}

/**
 * Returns whether this codec refuses a missing field whose type has no zero. pyfory reads it as
 * null: docs/fory.md, "Evolution".
 */
function lacksZero(answer: CodecAnswer, expected: string): boolean {
  if (!("error" in answer) || !answer.error.message.includes("has no value for the field"))
    return false;
  const field = answer.error.path?.split(".").at(-1);
  return answer.error.code === "mismatch" && expected.includes(`"${field}":null`);
}

/** Reads `one` with other types; returns the difference to the reference, if there is one. */
async function difference(
  reference: Child,
  one: RandomCase,
  reader: readonly Declaration[],
): Promise<string | undefined> {
  const request = { ...one, profile: "B", compatible: true, ref: false };
  const ours = codecAnswer({ ...request, op: "encode" });
  if (!("hex" in ours)) return `this codec does not encode it: ${JSON.stringify(ours)}`;
  const theirs = await ask<Answer>(reference, { ...request, reader, hex: ours.hex });
  if (theirs.error !== undefined) return `pyfory: ${theirs.error}`;
  const [fromOurs, fromOwn] = [theirs.refused ?? theirs.value, theirs.own_refused ?? theirs.own];
  if (canonical(fromOurs) !== canonical(fromOwn)) {
    return `pyfory reads ${canonical(fromOurs)} from ${ours.hex}, but ${canonical(fromOwn)} from its own ${theirs.hex}`;
  }
  for (const engine of ["generated", "closures"]) {
    for (const hex of [theirs.hex, ours.hex]) {
      const answer = codecAnswer({ ...request, types: reader, op: "decode", hex, engine });
      if ("error" in answer && theirs.refused !== undefined) continue;
      const read = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
      if (read !== canonical(fromOurs) && !lacksZero(answer, JSON.stringify(fromOurs))) {
        return `${engine} reads ${read}, pyfory ${canonical(fromOurs)}, from ${hex}`;
      }
    }
  }
  return undefined;
}

describe.skipIf("missing" in environment)("two versions of random types", () => {
  it(`reads what the other version wrote like pyfory (ASTER_CODEC_SEED=${seed})`, {
    timeout: 60_000 + 1000 * count,
  }, async () => {
    if ("missing" in environment) return;
    await using reference = startReference(environment.path);
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
        const found = await difference(reference, one, reader);
        if (found === undefined) continue;
        expect.fail(
          `case ${i} of seed ${seed}: ${JSON.stringify(one)}\nread as ${JSON.stringify(reader)}\n${found}`,
        );
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});
