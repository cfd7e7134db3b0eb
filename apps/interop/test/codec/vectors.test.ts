import { readFileSync } from "node:fs";
import { canonical, codecAnswer, type Declaration, type TypeText } from "@aster-apps/testkit/codec";
import { describe, expect, it } from "vitest";

interface Config {
  readonly compatible: boolean;
  readonly ref: boolean;
}

interface Case {
  readonly name: string;
  readonly config: Config;
  readonly types: readonly Declaration[];
  readonly root: TypeText;
  readonly value: unknown;
  readonly hex: string;
  readonly free?: boolean;
}

interface Evolved {
  readonly name: string;
  readonly config: Config;
  readonly reader: readonly Declaration[];
  readonly root: TypeText;
  readonly hex: string;
  readonly expected?: unknown;
  readonly refused?: string;
}

interface Fixture {
  readonly cases: readonly Case[];
  readonly evolution?: readonly Evolved[];
}

function fixture(name: string): Fixture {
  const url = new URL(`../../../../fixtures/fory/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Fixture;
}

const engines = ["closures", "generated"] as const;

/** Cases that JavaScript reads as another value or cannot read. */
const other = /^root\/(?:float\/1|timestamp\/.*(?:123456000|, 1000)\])(?: ref)?$/;

/** Errors of profile A: missing flags of a list of booleans, and unannounced definitions. */
const quirks = /^root\/(?:list\/bools ref|enum\/C.*)$/;

/**
 * Cases in which this codec also writes element types, so that readers without the union can skip
 * it.
 */
const saysMore = /^union\/wide\/(?:4|5|300)/;

function readProblem(one: Case, profile: "A" | "B", engine: string): string | undefined {
  const { types, root, hex, config } = one;
  const answer = codecAnswer({ op: "decode", profile, ...config, types, root, hex, engine });
  const text = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
  return text === canonical(one.value) ? undefined : `${one.name}, ${engine}: ${text}`;
}

function writeProblem(one: Case, profile: "A" | "B", engine: string): string | undefined {
  const { types, root, value, config } = one;
  const answer = codecAnswer({ op: "encode", profile, ...config, types, root, value, engine });
  if (!("hex" in answer)) return `${one.name}, ${engine}: ${JSON.stringify(answer)}`;
  if (answer.hex === one.hex) return undefined;
  if (one.free || one.config.ref || saysMore.test(one.name))
    return readProblem({ ...one, hex: answer.hex }, profile, engine);
  return `${one.name}, ${engine}: ${answer.hex}, not ${one.hex}`;
}

describe.each([
  { name: "profile-b", profile: "B", least: 300 },
  { name: "java-b", profile: "B", least: 300 },
  { name: "rust-b", profile: "B", least: 100 },
  { name: "profile-a-refs", profile: "A", least: 400 },
] as const)("the fixture $name", ({ name, profile, least }) => {
  const { cases } = fixture(name);
  // without definitions Java encodes nested structs differently
  const shared = cases.filter((one) => name !== "java-b" || one.config.compatible);
  const ours = shared.filter(
    ({ name: one }) => !other.test(one) && !(profile === "A" && quirks.test(one)),
  );

  it.each(engines)("is read with %s", (engine) => {
    expect(ours.length).toBeGreaterThan(least);
    expect(ours.flatMap((one) => readProblem(one, profile, engine) ?? [])).toEqual([]);
  });
});

describe.each([
  { name: "profile-b", profile: "B", least: 700 },
  { name: "profile-a-refs", profile: "A", least: 130 },
] as const)("the values of $name", ({ name, profile, least }) => {
  const { cases } = fixture(name);

  it.each(engines)("are written like pyfory writes them, with %s", (engine) => {
    const ours = cases.filter(
      ({ name: one, config }) => (profile === "B" || !config.compatible) && !other.test(one),
    );
    expect(ours.length).toBeGreaterThan(least);
    expect(ours.flatMap((one) => writeProblem(one, profile, engine) ?? [])).toEqual([]);
  });
});

describe("profile B", () => {
  const { evolution = [] } = fixture("profile-b");

  it.each(engines)("is read with evolved types like pyfory reads it, with %s", (engine) => {
    const problems = evolution.flatMap(({ name, reader: types, root, hex, config, ...theirs }) => {
      const answer = codecAnswer({
        op: "decode",
        profile: "B",
        ...config,
        types,
        root,
        hex,
        engine,
      });
      const read = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
      const wanted = theirs.refused === undefined ? canonical(theirs.expected) : "refused";
      const same = read === wanted || (theirs.refused !== undefined && "error" in answer);
      return same || unlike.has(name) ? [] : [`${name}: ${read}, not ${wanted}`];
    });
    expect(evolution.length).toBeGreaterThan(200);
    expect(problems).toEqual([]);
  });
});

/** Cases that this codec reads differently from pyfory, or reads although pyfory refuses them. */
const unlike: ReadonlySet<string> = new Set([
  // pyfory reads null although the type has none; this codec refuses
  ...["timestamp", "date", "duration", "decimal", "struct"].map((kind) => `added/${kind}`),
  "nullable/null for a struct",
  "nullable/a null among values",
  // pyfory reads null, this codec an empty array
  "added/array",
  // pyfory cannot skip unions and accepts values of another type unchanged
  "removed/union",
  "removed/unknown union",
  "inside/another type",
  // elements are converted as fields are
  "container/wider elements",
  "container/fixed elements",
  "container/wider values",
  "container/elements of any type",
  // this codec has no byte arrays other than binary
  "container/binary to array",
]);
