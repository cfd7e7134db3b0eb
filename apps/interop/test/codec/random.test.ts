import { pythonWithAster, pythonWithFory } from "@aster-apps/conformance/python";
import { canonical, codecAnswer } from "@aster-apps/testkit/codec";
import type { Child } from "@aster-apps/testkit/process";
import { describe, expect, it } from "vitest";
import { random } from "../support/random.ts";
import { Maker, type RandomCase, type Scope } from "./support/random-case.ts";
import { ask, caseCount, seed, startReference } from "./support/reference.ts";
import { scalarsOfA, scalarsOfB } from "./support/scalars.ts";
import { smallest } from "./support/smaller-case.ts";

const count = caseCount(300);

/** A profile, and the pyfory that implements it. */
interface Profile {
  readonly profile: "A" | "B";
  readonly environment: Awaited<ReturnType<typeof pythonWithAster>>;
  readonly scope: Scope;
}

const profiles: readonly Profile[] = [
  {
    profile: "A",
    environment: await pythonWithAster(),
    scope: { scalars: scalarsOfA, compatible: false, unions: true },
  },
  {
    profile: "B",
    environment: await pythonWithFory(),
    scope: { scalars: scalarsOfB, compatible: true, unions: true },
  },
];

interface Answer {
  readonly hex?: string;
  readonly value?: unknown;
  readonly error?: string;
}

/**
 * Returns whether a case has several valid encodings: texts beyond Latin-1, sets, values of any
 * type and unions of containers.
 */
function hasChoice({ types, value }: RandomCase): boolean {
  if (JSON.stringify(types).includes('"any"')) return true;
  // in unions this codec writes the types of elements
  const cases = types.flatMap((one) => ("cases" in one ? [one.cases] : []));
  if (/"(?:list|set|map)"/.test(JSON.stringify(cases))) return true;
  return /[\u0100-\uffff]|"\$set":\[[^\]]*,/.test(JSON.stringify(value));
}

/** Compares this codec with the reference implementation of a profile. */
class Comparison {
  readonly #reference: Child;
  readonly #profile: Profile;

  constructor(reference: Child, profile: Profile) {
    this.#reference = reference;
    this.#profile = profile;
  }

  /** Returns the difference between the two, if there is one. */
  async difference(one: RandomCase): Promise<string | undefined> {
    const { profile, scope } = this.#profile;
    const request = { ...one, profile, compatible: scope.compatible, ref: false };
    const ours = codecAnswer({ ...request, op: "encode" });
    if (!("hex" in ours)) return `this codec does not encode it: ${JSON.stringify(ours)}`;
    const theirs = await ask<Answer>(this.#reference, { ...request, hex: ours.hex });
    if (theirs.error !== undefined) return `pyfory: ${theirs.error}; encoded as ${ours.hex}`;
    const value = canonical(one.value);
    const read = canonical(theirs.value);
    if (read !== value) return `pyfory reads ${read}, not ${value}; encoded as ${ours.hex}`;
    if (!hasChoice(one) && theirs.hex !== ours.hex) {
      return `pyfory writes ${theirs.hex}, this codec writes ${ours.hex}`;
    }
    for (const engine of ["generated", "closures"]) {
      const back = codecAnswer({ ...request, op: "decode", hex: theirs.hex, engine });
      const text = "value" in back ? canonical(back.value) : JSON.stringify(back);
      if (text !== value) return `${engine} reads ${text}, not ${value}, from ${theirs.hex}`;
    }
    return undefined;
  }
}

for (const profile of profiles) {
  const { environment, scope } = profile;
  describe.skipIf("missing" in environment)(
    `random types and values, profile ${profile.profile}`,
    () => {
      it(`agrees with pyfory (ASTER_CODEC_SEED=${seed})`, {
        timeout: 60_000 + 1000 * count,
      }, async () => {
        if ("missing" in environment) return;
        await using reference = startReference(environment.path);
        const comparison = new Comparison(reference, profile);
        for (let i = 0; i < count; i++) {
          const one = new Maker(random(seed + i), scope).case();
          if ((await comparison.difference(one)) === undefined) continue;
          const fails = async (smaller: RandomCase) =>
            (await comparison.difference(smaller)) !== undefined;
          const small = await smallest(one, fails);
          const found = await comparison.difference(small);
          expect.fail(`case ${i} of seed ${seed}: ${JSON.stringify(small)}\n${found}`);
        }
        expect(count).toBeGreaterThan(0);
      });

      it("agrees with pyfory about many short lists of large integers", async () => {
        if ("missing" in environment) return;
        await using reference = startReference(environment.path);
        const lists = Array.from({ length: 300 }, () => [-(2 ** 31)]);
        const one: RandomCase = {
          types: [
            {
              struct: "Root",
              ns: "rnd",
              fields: [{ name: "a", type: { list: { list: "varint32" } } }],
            },
          ],
          root: { type: "Root" },
          value: { $struct: "Root", f: { a: lists } },
        };
        expect(await new Comparison(reference, profile).difference(one)).toBeUndefined();
      });
    },
  );
}
