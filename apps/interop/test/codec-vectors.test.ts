import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codecAnswer } from "../src/codec/answer.ts";
import type { Declaration, TypeText } from "../src/codec/notation.ts";
import { canonical } from "./support/canonical.ts";

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
  const url = new URL(`../../../fixtures/fory/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Fixture;
}

const engines = ["closures", "generated"] as const;

/** What JavaScript reads as another value, or not at all. */
const other = /^root\/(?:float\/1|timestamp\/.*(?:123456000|, 1000)\])(?: ref)?$/;

/** Of profile A: flags that a list of booleans announces and does not have, and definitions where nothing announces them. */
const quirks = /^root\/(?:list\/bools ref|enum\/C.*)$/;

/** Where we say the types of elements which pyfory takes as known, so that readers without the union can pass over them. */
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
  // without definitions Java writes structs inside structs in a way of its own
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
] as const)("what $name holds", ({ name, profile, least }) => {
  const { cases } = fixture(name);

  it.each(engines)("is written as the judge writes it, with %s", (engine) => {
    const ours = cases.filter(
      ({ name: one, config }) => (profile === "B" || !config.compatible) && !other.test(one),
    );
    expect(ours.length).toBeGreaterThan(least);
    expect(ours.flatMap((one) => writeProblem(one, profile, engine) ?? [])).toEqual([]);
  });
});

describe("profile B", () => {
  const { evolution = [] } = fixture("profile-b");

  it.each(engines)("is read by types that moved on as pyfory reads it, with %s", (engine) => {
    const problems = evolution.flatMap(({ name, reader: types, root, hex, config, ...judge }) => {
      const answer = codecAnswer({
        op: "decode",
        profile: "B",
        ...config,
        types,
        root,
        hex,
        engine,
      });
      const here = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
      const there = judge.refused === undefined ? canonical(judge.expected) : "refused";
      const same = here === there || (judge.refused !== undefined && "error" in answer);
      return same || unlike.has(name) ? [] : [`${name}: ${here}, not ${there}`];
    });
    expect(evolution.length).toBeGreaterThan(200);
    expect(problems).toEqual([]);
  });
});

/** Where we read otherwise than pyfory, or read what it refuses. */
const unlike: ReadonlySet<string> = new Set([
  // it fills in null where the type has none: we refuse
  ...["timestamp", "date", "duration", "decimal", "struct"].map((kind) => `added/${kind}`),
  "nullable/null for a struct",
  "nullable/a null among values",
  // or an empty array
  "added/array",
  // it cannot pass over unions, and takes a value of another type as it is
  "removed/union",
  "removed/unknown union",
  "inside/another type",
  // elements are converted as fields are
  "container/wider elements",
  "container/fixed elements",
  "container/wider values",
  "container/elements of any type",
  // there are no arrays of bytes beside binary
  "container/binary to array",
]);
