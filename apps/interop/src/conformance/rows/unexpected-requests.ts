import type { RawClientRow } from "../raw-row.ts";
import { spokenRows } from "./spoken.ts";
import { unexpectedCalls } from "./unexpected-calls.ts";
import { unexpectedFrames } from "./unexpected-frames.ts";
import { unexpectedHeaders } from "./unexpected-headers.ts";
import { unexpectedMessages } from "./unexpected-messages.ts";

const SUITE = "unexpected-requests";

/** What a server of ours is told that it should not be. */
export const unexpectedRequestRows: readonly RawClientRow[] = [
  ...spokenRows(SUITE, [
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
