import { type RawPart, request } from "../raw-part.ts";
import type { RawClientRow } from "../raw-row.ts";
import type { Only } from "../row.ts";
import { Conformance } from "../service.ts";
import { texts } from "../steps.ts";

/** What a raw client says, and what it has to be told. */
export type Spoken = readonly [
  name: string,
  parts: readonly RawPart[],
  expect: RawClientRow["expect"],
  only?: Only,
];

export const SERVICE: string = Conformance.name;
export const xlang: Only = { mode: "xlang" };
export const json: Only = { mode: "json" };

export const hello: RawPart = request({ data: texts("hello") });
/** The handler is still at work when the next frame comes. */
export const slow: RawPart = request({ data: texts("hello"), delayMs: 10_000 });
export const answered = { code: 0, replies: ["hello"] } as const;

/** The answer to what breaks the rules of frames. */
export const framing = (message: string): RawClientRow["expect"] => ({ code: 13, message });

/** The rows of a suite. */
export function spokenRows(suite: string, spoken: readonly Spoken[]): RawClientRow[] {
  return spoken.map(([name, parts, expect, only]) => ({
    kind: "rawClient",
    suite,
    name,
    parts,
    expect,
    ...(only === undefined ? {} : { only }),
  }));
}
