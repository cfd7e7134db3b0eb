import { type RawPart, request } from "../../row-kinds/raw-part.ts";
import type { RawClientRow } from "../../row-kinds/raw-row.ts";
import type { Only } from "../../row-kinds/setup.ts";
import { texts } from "../../row-kinds/step.ts";
import { Conformance } from "../../service/definitions.ts";

/** The parts that a raw client sends, and the expected answer. */
export type RawCase = readonly [
  name: string,
  parts: readonly RawPart[],
  expect: RawClientRow["expect"],
  only?: Only,
];

export const SERVICE: string = Conformance.name;
export const xlang: Only = { mode: "xlang" };
export const json: Only = { mode: "json" };

export const hello: RawPart = request({ data: texts("hello") });
/** A request whose handler is still running when the next frame arrives. */
export const slow: RawPart = request({ data: texts("hello"), delayMs: 10_000 });
export const answered = { code: 0, replies: ["hello"] } as const;

/** The answer to malformed frames. */
export const framing = (message: string): RawClientRow["expect"] => ({ code: 13, message });

/** Makes the raw rows of a suite. */
export function rawRows(suite: string, cases: readonly RawCase[]): RawClientRow[] {
  return cases.map(([name, parts, expect, only]) => ({
    kind: "rawClient",
    suite,
    name,
    parts,
    expect,
    ...(only === undefined ? {} : { only }),
  }));
}
