import { type CallFields, type CallRow, callRows } from "../row-kinds/call-row.ts";
import {
  compressed,
  end,
  header,
  type RawPart,
  replyOf,
  requestOf,
  status,
} from "../row-kinds/raw-part.ts";
import type { RawClientRow, RawServerRow } from "../row-kinds/raw-row.ts";
import type { Setup } from "../row-kinds/setup.ts";
import { finish, receive, send, zeros } from "../row-kinds/step.ts";
import { patterns } from "../service/definitions.ts";

/** The limit of the rows, in bytes of the message. */
const LIMIT = 200 * 1024;
/** A payload whose message stays within the limit in JSON, too, where base64 adds a third. */
const FITS = 140 * 1024;
const server: Setup = { serverLimits: { maxMessageBytes: LIMIT } };
const client: Setup = { clientLimits: { maxMessageBytes: LIMIT } };
const fits = zeros(FITS);
const over = zeros(LIMIT + 10);
const refused = { code: 8, details: { reason: "limit.message", limit: String(LIMIT) } };

const ways: readonly (readonly [name: string, way: (part: RawPart) => RawPart])[] = [
  ["", (part) => part],
  [", compressed", compressed],
];

/** Messages of exactly the limit, and of one byte more. */
export const exactSizeRows: readonly (RawClientRow | RawServerRow)[] = patterns.flatMap((method) =>
  ways.flatMap(([how, way]): (RawClientRow | RawServerRow)[] => [
    {
      kind: "rawClient",
      suite: "sizes",
      name: `a request of exactly the server's limit${how} (${method})`,
      setup: server,
      parts: [header({ method }), way(requestOf(LIMIT)), end],
      expect: { code: 0 },
    },
    {
      kind: "rawClient",
      suite: "sizes",
      name: `a request of a byte more than the server's limit${how} (${method})`,
      setup: server,
      parts: [header({ method }), way(requestOf(LIMIT + 1)), end],
      expect: refused,
    },
    {
      kind: "rawServer",
      suite: "sizes",
      name: `a reply of exactly the client's limit${how} (${method})`,
      method,
      limits: { maxMessageBytes: LIMIT },
      parts: [way(replyOf(LIMIT)), status(), end],
      expect: { code: 0, replies: [{}] },
    },
    {
      kind: "rawServer",
      suite: "sizes",
      name: `a reply of a byte more than the client's limit${how} (${method})`,
      method,
      limits: { maxMessageBytes: LIMIT },
      parts: [way(replyOf(LIMIT + 1)), status(), end],
      expect: { ...refused, replies: [] },
    },
  ]),
);

export const sizeRows: readonly CallRow[] = callRows("sizes", [
  ...patterns.flatMap((method): CallFields[] => [
    {
      name: `a request within the server's limit (${method})`,
      method,
      setup: server,
      steps: [send({ payload: fits, sizes: [1] }), finish],
      expect: { code: 0, replies: [{ bytes: FITS, zeros: 1 }] },
    },
    {
      name: `a request over the server's limit (${method})`,
      method,
      setup: server,
      steps: [send({ payload: over }), finish],
      expect: { ...refused, replies: [] },
    },
    {
      name: `a reply within the client's limit (${method})`,
      method,
      setup: client,
      steps: [send({ sizes: [FITS] }), finish],
      expect: { code: 0, replies: [{ zeros: FITS }] },
    },
    {
      name: `a reply over the client's limit (${method})`,
      method,
      setup: client,
      steps: [send({ sizes: [LIMIT + 10] }), finish],
      expect: { ...refused, replies: [] },
    },
  ]),
  {
    name: "a later request over the server's limit (clientStream)",
    method: "clientStream",
    setup: server,
    steps: [send({ payload: fits }), send({ payload: over }), finish],
    expect: { ...refused, replies: [], server: { calls: 1 } },
  },
  {
    name: "a later request over the server's limit (bidiStream, full duplex)",
    method: "bidiStream",
    setup: server,
    steps: [
      send({ payload: fits, sizes: [1], fullDuplex: true }),
      receive(1),
      send({ payload: over, fullDuplex: true }),
    ],
    expect: { ...refused, replies: [{ zeros: 1 }] },
  },
  {
    name: "a later request over the server's limit (bidiStream, half duplex)",
    method: "bidiStream",
    setup: server,
    steps: [send({ payload: fits }), send({ payload: over }), finish],
    expect: { ...refused, replies: [] },
  },
  ...(["serverStream", "bidiStream"] as const).map(
    (method): CallFields => ({
      name: `a later reply over the client's limit (${method})`,
      method,
      setup: client,
      steps: [send({ sizes: [FITS, LIMIT + 10] }), finish],
      expect: { ...refused, replies: [{ zeros: FITS }] },
    }),
  ),
  {
    name: "many requests that are over the limit together only (clientStream)",
    method: "clientStream",
    setup: server,
    steps: [...Array.from({ length: 5 }, () => send({ payload: fits })), finish],
    expect: { code: 0, replies: [{ bytes: 5 * FITS, items: 5 }] },
  },
  {
    name: "one request too many (clientStream)",
    method: "clientStream",
    setup: { serverLimits: { maxClientStreamItems: 3 } },
    steps: [send(), send(), send(), send(), finish],
    expect: { code: 8, message: "client stream exceeded 3 items", replies: [] },
  },
  {
    name: "as many requests as allowed (clientStream)",
    method: "clientStream",
    setup: { serverLimits: { maxClientStreamItems: 3 } },
    steps: [send(), send(), send(), finish],
    expect: { code: 0, replies: [{ items: 3 }] },
  },
]);
