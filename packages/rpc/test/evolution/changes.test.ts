// Clients of one version of a contract call servers of another one, over memory and QUIC.
import { StatusCode } from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { type Change, changes, type Expected, type Mode, orders, serving } from "./versions.ts";

type Call = (request: object, options?: object) => Promise<Record<string, unknown>>;

async function check(expected: Expected, call: () => Promise<unknown>): Promise<void> {
  if (expected === "works") {
    await call();
    return;
  }
  const error = await failure(call());
  expect(error).toMatchObject({
    code: StatusCode.FAILED_PRECONDITION,
    rawMessage: expect.stringMatching(expected),
    details: { reason: "contract.mismatch" },
  });
}

async function run(
  transport: "memory" | "quic",
  client: Change["old"],
  server: Change["old"],
  verdicts: Change["oldClient"],
): Promise<void> {
  const modes: readonly Mode[] =
    verdicts.row === undefined ? ["xlang", "native", "json"] : ["xlang", "native", "json", "row"];
  const received: unknown[] = [];
  const services = [serving(orders(server, modes), server, received)];
  await using pair = await servicePair({ services, transport });
  const remote = pair.client.client(orders(client, modes)) as Record<string, Call>;
  for (const [serialization, verdict] of Object.entries(verdicts)) {
    const [put, get] = verdict;
    await check(put, () => (remote.put as Call)(client.value, { serialization }));
    await check(get, () => (remote.get as Call)({}, { serialization }));
    await (remote.same as Call)({}, { serialization });
  }
  const accepted = Object.values(verdicts).filter(([put]) => put === "works").length;
  expect(received).toHaveLength(accepted);
  // one request for the manifest, however many calls
  const works = Object.values(verdicts).flatMap((verdict) => [...verdict, "works"]);
  const calls = works.filter((verdict) => verdict === "works").length;
  expect(pair.server.stats().callsTotal).toBe(calls + 1);
}

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each(changes)("old clients, new server: $name", async ({ old, next, oldClient }) => {
    await run(transport, old, next, oldClient);
  });

  test.each(changes)("new clients, old server: $name", async ({ old, next, newClient }) => {
    await run(transport, next, old, newClient);
  });
});
