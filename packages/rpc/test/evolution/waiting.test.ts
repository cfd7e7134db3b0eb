// Calls that wait for the comparison of contracts: faults of its one request, deadlines, the end of
// the client, streams.
import { createTypeScope, wireType } from "@aster/codec";
import { clientStream, defineService, implement, StatusCode, unary } from "@aster/rpc";
import { type Fault, faults, servicePair } from "@aster/rpc/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { failure } from "../support/outcomes.ts";

const Part = wireType("waiting/Part", { data: z.string() });
const More = wireType(
  "waiting/Part",
  { data: z.string(), note: z.string().optional() },
  { scope: createTypeScope() },
);
const Sum = wireType("waiting/Sum", { chars: z.int() });
const same = unary(Sum, Sum);
const Old = defineService(
  "Parts",
  {},
  { put: unary(Part, Sum), all: clientStream(Part, Sum), same },
);
const New = defineService(
  "Parts",
  {},
  { put: unary(More, Sum), all: clientStream(More, Sum), same },
);

const served = () =>
  implement(New, {
    put: ({ data }) => ({ chars: data.length }),
    async all(parts) {
      let chars = 0;
      for await (const { data } of parts) chars += data.length;
      return { chars };
    },
    same: (request) => request,
  });

async function withFault(fault?: Fault) {
  const script = faults(fault === undefined ? [] : fault);
  const options = { services: [served()], faults: script, client: { retry: false } } as const;
  const pair = await servicePair(options);
  return { script, pair, remote: pair.client.client(Old, { compression: false }) };
}

const request = { data: "abc" };

test("a call ends at its deadline or its signal, and equal methods do not wait", async () => {
  const { pair, remote } = await withFault({ do: "drop", direction: "toClient", stream: 0 });
  await using _ = pair;
  const first = failure(remote.put(request, { timeoutMs: 50 }));
  const abort = new AbortController();
  const second = failure(remote.put(request, { signal: abort.signal }));
  await expect.poll(() => pair.server.stats().callsTotal).toBe(1);
  expect(await remote.same({ chars: 1 })).toEqual({ chars: 1 });
  abort.abort();
  expect(await first).toMatchObject({
    code: StatusCode.DEADLINE_EXCEEDED,
    rawMessage: expect.stringMatching(/^deadline exceeded while comparing contracts with \w+…$/),
  });
  expect((await second).code).toBe(StatusCode.CANCELLED);
  const third = failure(remote.put(request));
  await pair.client.close();
  expect(await third).toMatchObject({
    code: StatusCode.CANCELLED,
    details: { reason: "client.closed" },
  });
  // the manifest and `same`
  expect(pair.server.stats().callsTotal).toBe(2);
});

test("a failed comparison fails its calls, and the next call compares again", async () => {
  const fault: Fault = { do: "reset", direction: "toClient", stream: 0, times: 1 };
  const { pair, remote } = await withFault(fault);
  await using _ = pair;
  const errors = await Promise.all([failure(remote.put(request)), failure(remote.put(request))]);
  for (const { code } of errors) expect(code).toBe(StatusCode.UNAVAILABLE);
  expect(await remote.put(request)).toEqual({ chars: 3 });
});

test("calls move to the next connection when theirs is lost meanwhile, once", async () => {
  const fault: Fault = { do: "close", direction: "toClient", stream: 0, times: 1 };
  const { pair, remote, script } = await withFault(fault);
  await using _ = pair;
  expect(await Promise.all([remote.put(request), remote.put(request)])).toEqual([
    { chars: 3 },
    { chars: 3 },
  ]);
  await using again = await withFault({ ...fault, times: 5 }).then(({ pair }) => pair);
  const error = await failure(again.client.client(Old).put(request));
  expect(error.code).toBe(StatusCode.UNAVAILABLE);
  expect(script.injected).toHaveLength(1);
});

test("a stream of requests waits with back-pressure and is complete", async () => {
  const { pair, remote } = await withFault({
    do: { delayMs: 100 },
    direction: "toClient",
    stream: 0,
    times: 1,
  });
  await using _ = pair;
  let made = 0;
  async function* parts() {
    for (; made < 64; made += 1) yield { data: "x".repeat(32_000) };
  }
  const sum = remote.all(parts());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(made).toBeLessThan(32);
  expect(await sum).toEqual({ chars: 64 * 32_000 });
});
