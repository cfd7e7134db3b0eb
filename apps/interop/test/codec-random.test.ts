import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { codecAnswer } from "../src/codec/answer.ts";
import { Child } from "../src/process/child.ts";
import { pythonWithFory, pythonWithWheel } from "../src/process/python.ts";
import { canonical } from "./support/canonical.ts";
import { Maker, type RandomCase, random, type Scope } from "./support/random-case.ts";
import { scalarsOfA, scalarsOfB } from "./support/scalars.ts";
import { smallest } from "./support/smaller-case.ts";

const script = fileURLToPath(new URL("../python/fory_oracle.py", import.meta.url));
const seed = Number(process.env.ASTER_CODEC_SEED ?? Date.now() % 2 ** 32);
const count = Number(process.env.ASTER_CODEC_CASES ?? 1_000);

interface Judge {
  readonly profile: "A" | "B";
  readonly python: Awaited<ReturnType<typeof pythonWithWheel>>;
  readonly scope: Scope;
}

const judges: readonly Judge[] = [
  {
    profile: "A",
    python: await pythonWithWheel(),
    scope: { scalars: scalarsOfA, compatible: false, unions: true },
  },
  {
    profile: "B",
    python: await pythonWithFory(),
    scope: { scalars: scalarsOfB, compatible: true, unions: true },
  },
];

interface Verdict {
  readonly hex?: string;
  readonly value?: unknown;
  readonly error?: string;
}

/** Texts beyond Latin-1, sets, values of any type and unions of containers may be written in more than one way. */
function hasChoice({ types, value }: RandomCase): boolean {
  if (JSON.stringify(types).includes('"any"')) return true;
  // in unions we say the types of elements
  const cases = types.flatMap((one) => ("cases" in one ? [one.cases] : []));
  if (/"(?:list|set|map)"/.test(JSON.stringify(cases))) return true;
  return /[\u0100-\uffff]|"\$set":\[[^\]]*,/.test(JSON.stringify(value));
}

/** What is wrong between the judge and us, or undefined. */
class Comparison {
  readonly #oracle: Child;
  readonly #judge: Judge;

  constructor(oracle: Child, judge: Judge) {
    this.#oracle = oracle;
    this.#judge = judge;
  }

  async problem(one: RandomCase): Promise<string | undefined> {
    const { profile, scope } = this.#judge;
    const request = { ...one, profile, compatible: scope.compatible, ref: false };
    const ours = codecAnswer({ ...request, op: "encode" });
    if (!("hex" in ours)) return `we do not encode it: ${JSON.stringify(ours)}`;
    this.#oracle.send({ ...request, hex: ours.hex });
    const theirs = await this.#oracle.line((line): line is Verdict => typeof line === "object");
    if (theirs.error !== undefined) return `the judge: ${theirs.error}; our bytes: ${ours.hex}`;
    const value = canonical(one.value);
    const read = canonical(theirs.value);
    if (read !== value) return `the judge reads ${read}, not ${value}; our bytes: ${ours.hex}`;
    if (!hasChoice(one) && theirs.hex !== ours.hex) {
      return `the judge writes ${theirs.hex}, we write ${ours.hex}`;
    }
    for (const engine of ["generated", "closures"]) {
      const back = codecAnswer({ ...request, op: "decode", hex: theirs.hex, engine });
      const text = "value" in back ? canonical(back.value) : JSON.stringify(back);
      if (text !== value) return `${engine} reads ${text}, not ${value}, from ${theirs.hex}`;
    }
    return undefined;
  }
}

for (const judge of judges) {
  describe.skipIf("missing" in judge.python)(
    `random types and values, profile ${judge.profile}`,
    () => {
      it(`pyfory and we agree (ASTER_CODEC_SEED=${seed})`, {
        timeout: 60_000 + 100 * count,
      }, async () => {
        if ("missing" in judge.python) return;
        await using oracle = new Child(judge.python.path, ["-B", script]);
        const comparison = new Comparison(oracle, judge);
        for (let i = 0; i < count; i++) {
          const one = new Maker(random(seed + i), judge.scope).case();
          if ((await comparison.problem(one)) === undefined) continue;
          const fails = async (smaller: RandomCase) =>
            (await comparison.problem(smaller)) !== undefined;
          const small = await smallest(one, fails);
          const problem = await comparison.problem(small);
          expect.fail(`case ${i} of seed ${seed}: ${JSON.stringify(small)}\n${problem}`);
        }
        expect(count).toBeGreaterThan(0);
      });
    },
  );
}
