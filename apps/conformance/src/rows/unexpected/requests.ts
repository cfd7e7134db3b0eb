import type { RawClientRow } from "../../row-kinds/raw-row.ts";
import { unexpectedCalls } from "./calls.ts";
import { unexpectedFrames } from "./frames.ts";
import { unexpectedHeaders } from "./headers.ts";
import { unexpectedMessages } from "./messages.ts";
import { rawRows } from "./raw-case.ts";

const SUITE = "unexpected-requests";

/** Raw clients that break the rules of the protocol, against a TypeScript server. */
export const unexpectedRequestRows: readonly RawClientRow[] = [
  ...rawRows(SUITE, [
    ...unexpectedCalls,
    ...unexpectedHeaders,
    ...unexpectedMessages,
    ...unexpectedFrames,
  ]),
  ...["aster/2", "aster/", "aster/11", "h3"].map(
    (alpn): RawClientRow => ({
      kind: "rawClient",
      suite: SUITE,
      name: `the protocol ${alpn}`,
      alpn,
      parts: [],
      expect: { code: undefined, ending: "refused" },
    }),
  ),
];
