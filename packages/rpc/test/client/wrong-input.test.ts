// Arguments of the wrong kind end in one sentence that says what to do.
import {
  AsterClient,
  defineService,
  implement,
  type ServerFault,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { endpointIdOf, formatTicket, ticketFor } from "@aster/transport";
import { expect, test } from "vitest";
import { collect, failure } from "../support/outcomes.ts";
import { pairs } from "../support/pairs.ts";
import { Probe, probe, Text } from "../support/probe.ts";

// fixed, because the reason that refuses a cut ticket depends on the bytes of the id
const endpointId = endpointIdOf(new Uint8Array(32).fill(7));
const ticket = formatTicket(ticketFor({ endpointId, directAddresses: ["127.0.0.1:4000"] }));
const addresses: [name: string, address: unknown, text: RegExp][] = [
  [
    "undefined",
    undefined,
    /it is undefined, and ASTER_ENDPOINT_ADDR is not set; give an aster1… ticket/,
  ],
  ["null", null, /it is null; give an aster1… ticket/],
  ["a number", 7, /it is a number; give an aster1… ticket/],
  ["an empty object", {}, /the endpoint id is not 64 hex characters; give an aster1… ticket/],
  [
    "direct addresses that are text",
    { endpointId, directAddresses: "x" },
    /directAddresses is not a list; /,
  ],
  ["a direct address that is not text", { endpointId, directAddresses: [7] }, /is not text; give /],
  ["another word", "nonsense!", /unknown form; give an aster1… ticket/],
  [
    "a cut ticket",
    ticket.slice(0, -5),
    /invalid ticket: .*; copy the whole text that the server prints/,
  ],
  [
    "a ticket with a wrong letter",
    ticket.replace(/.$/, "0"),
    /invalid ticket: .*; copy the whole text/,
  ],
];

test.each(addresses)("connect explains %s as the address", async (_, address, text) => {
  const error = await failure(AsterClient.connect(address as string, { network: "none" }));
  expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
  expect(error.details.reason).toBe("transport.address");
  expect(error.rawMessage).toMatch(text);
  expect(error.rawMessage).not.toContain("\n");
});

test("a timeout that is text is explained", async () => {
  const timeoutMs = "5s" as never;
  const error = await failure(AsterClient.connect(ticket, { timeoutMs }));
  expect(error.rawMessage).toBe(
    'option timeoutMs must be a positive number of milliseconds, got "5s"',
  );
});

test.each(pairs)("one request in place of a stream is refused over $name", async (pair) => {
  await using opened = await pair.open({ services: [probe()] });
  const client = opened.client(Probe);
  for (const one of [{ n: 1 }, undefined, null, 7, "text"]) {
    const error = await failure(client.sum(one as never));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(error.details.reason).toBe("cardinality");
    expect(error.rawMessage).toMatch(/^Probe.sum takes a stream of requests; pass a list or an /);
    expect((await failure(collect(client.chat(one as never)))).rawMessage).toContain("Probe.chat");
  }
  expect(await client.sum([{ n: 1 }])).toMatchObject({ total: 1 });
});

test("a handler that returns no stream is explained on the server", async () => {
  const Lists = defineService(
    "Lists",
    {},
    { list: serverStream(Text, Text), one: unary(Text, Text) },
  );
  const faults: ServerFault[] = [];
  const lists = implement(Lists, { list: () => ({ text: "one" }) as never, one: (one) => one });
  const [pair] = pairs;
  await using opened = await (pair as (typeof pairs)[number]).open({
    services: [lists],
    onError: (fault) => faults.push(fault),
  });
  const error = await failure(collect(opened.client(Lists).list({})));
  expect(error.rawMessage).toMatch(/^internal error \[/);
  expect(String(faults[0]?.cause)).toContain("the handler of Lists.list did not return a stream");
});
