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

/** Roots that are no struct, unions of numbered cases and some arrays have no form in the codec. */
const hasNoForm =
  /^(?:root|union)\/|^array\/(?:bool|uint8|float16|bfloat16)|^ref\/(?:(?:list|map) (?:with|in)|text|number|null)/;

/** Without definitions, numbers of fields and marks of references are in the hash of profile A: no peer sends them. */
const marked = /^(?:number\/nested|tags.*|ref\/(?!not marked).*) exact/;

/** What JavaScript reads as another value, or writes as another type of value. */
const other: ReadonlySet<string> = new Set([
  // 7E+3 is "7000"
  "limits/decimal",
  "list/decimal",
  // an enum of any type is its number, a date of any type its text
  "enum/any",
  "any/date",
]);

function plainName(name: string): string {
  return name.replace(/(?: exact)?(?: ref)?$/, "");
}

function readProblem(one: Case, profile: "A" | "B", engine: string): string | undefined {
  const { types, root, hex, config } = one;
  const answer = codecAnswer({ op: "decode", profile, ...config, types, root, hex, engine });
  const text = "value" in answer ? canonical(answer.value) : JSON.stringify(answer);
  return text === canonical(one.value) ? undefined : `${one.name}, ${engine}: ${text}`;
}

function writeProblem(one: Case, engine: string): string | undefined {
  const { types, root, value, config } = one;
  const answer = codecAnswer({ op: "encode", profile: "B", ...config, types, root, value, engine });
  if (!("hex" in answer)) return `${one.name}, ${engine}: ${JSON.stringify(answer)}`;
  if (one.free || one.config.ref) return readProblem({ ...one, hex: answer.hex }, "B", engine);
  return answer.hex === one.hex
    ? undefined
    : `${one.name}, ${engine}: ${answer.hex}, not ${one.hex}`;
}

describe.each([
  { name: "profile-b", profile: "B", least: 300 },
  { name: "java-b", profile: "B", least: 300 },
  { name: "profile-a-refs", profile: "A", least: 400 },
] as const)("the fixture $name", ({ name, profile, least }) => {
  const { cases } = fixture(name);
  // without definitions profile B is one language's own affair
  const shared = cases.filter((one) => profile === "A" || one.config.compatible);
  const ours = shared.filter(
    ({ name: one }) => !hasNoForm.test(one) && !marked.test(one) && !other.has(plainName(one)),
  );

  it.each(engines)("is read with %s", (engine) => {
    expect(ours.length).toBeGreaterThan(least);
    expect(ours.flatMap((one) => readProblem(one, profile, engine) ?? [])).toEqual([]);
  });

  it("has no form for the rest, and says so", () => {
    const rest = shared.filter(({ name: one }) => hasNoForm.test(one) || marked.test(one));
    for (const { types, root, hex, config } of rest) {
      const answer = codecAnswer({ op: "decode", profile, ...config, types, root, hex });
      expect(answer).toHaveProperty("error");
    }
  });
});

describe("profile B", () => {
  const { cases, evolution = [] } = fixture("profile-b");

  it.each(engines)("is written as pyfory writes it, with %s", (engine) => {
    const ours = cases.filter(
      ({ name, config }) =>
        config.compatible && !hasNoForm.test(name) && !other.has(plainName(name)),
    );
    expect(ours.flatMap((one) => writeProblem(one, engine) ?? [])).toEqual([]);
  });

  it("without definitions is refused", () => {
    const exact = cases.filter(({ name, config }) => !config.compatible && !hasNoForm.test(name));
    expect(exact.length).toBeGreaterThan(200);
    for (const { types, root, hex, config } of exact) {
      const answer = codecAnswer({ op: "decode", profile: "B", ...config, types, root, hex });
      expect(answer).toMatchObject({ error: { code: "mismatch" } });
    }
  });

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
