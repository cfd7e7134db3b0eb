// The stack of an error shows where the program made the call.
import { AsterClient, RpcError, StatusCode } from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { loopbackNode } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { memory, pairs, quic } from "../support/pairs.ts";
import { Probe, probe } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

const pass: Interceptor = (call, next) => next(call);
async function* slowly() {
  yield { n: 1 };
  await new Promise((resolve) => setTimeout(resolve, 500));
}
const notFound = { code: StatusCode.NOT_FOUND, message: "no such user", after: 0 };

describe.each(pairs)("$name", (pair) => {
  test.each([{ interceptors: [] }, { interceptors: [pass, pass] }])(
    "with $interceptors.length interceptors",
    async ({ interceptors }) => {
      await using opened = await pair.open({ services: [probe(), tally()] });
      const client = opened.client(Probe, { interceptors });
      await using session = await opened.session(Tally, { interceptors });
      const programs = {
        async loadTheUser() {
          return await client.fail(notFound);
        },
        async loadAllUsers() {
          return await Promise.all([client.fail(notFound)]);
        },
        async waitTooLong() {
          await client.sleep({ n: 500 }, { timeoutMs: 20 });
        },
        async giveUp() {
          await client.sleep({ n: 500 }, { signal: AbortSignal.timeout(20) });
        },
        async readTheStream() {
          for await (const _ of client.countThenFail({ ...notFound, after: 3 }));
        },
        async readTheStreamLate() {
          const stream = client.countThenFail({ ...notFound, after: 1 });
          await new Promise((resolve) => setTimeout(resolve, 50));
          for await (const _ of stream);
        },
        async sendAStream() {
          await client.sum(slowly(), { timeoutMs: 20 });
        },
        async failInASession() {
          await session.fail({ n: 1 });
        },
      };
      for (const [name, program] of Object.entries(programs)) {
        const error = await failure(program());
        expect(error.stack, name).toContain(name);
        expect(error.stack?.startsWith(`RpcError: ${error.message}`), error.stack).toBe(true);
      }
    },
  );

  test("an error of the program keeps its own stack", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const own = new RpcError(StatusCode.ABORTED, "mine");
    const { stack } = own;
    async function* requests() {
      yield { n: 1 };
      throw own;
    }
    expect(await failure(opened.client(Probe).sum(requests()))).toBe(own);
    const throwing: Interceptor = () => Promise.reject(own);
    const client = opened.client(Probe, { interceptors: [throwing] });
    expect(await failure(client.echo({}))).toBe(own);
    expect(own.stack).toBe(stack);
  });
});

describe.each([memory, quic])("$name", (pair) => {
  test("calls that end together have a stack each", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe);
    async function first() {
      await client.sleep({ n: 5000 });
    }
    async function second() {
      await client.sleep({ n: 5000 });
    }
    const both = [failure(first()), failure(second())];
    await client.echo({});
    opened.disconnect();
    const [one, other] = (await Promise.all(both)) as [RpcError, RpcError];
    expect(one.stack).toContain("first");
    expect(other.stack).toContain("second");
    expect(one).not.toBe(other);
  });
});

test("a failed connect shows the caller", async () => {
  await using node = await loopbackNode();
  async function connectToNobody() {
    const address = { endpointId: node.id, directAddresses: ["127.0.0.1:9"] };
    await AsterClient.connect(address, { network: "none", timeoutMs: 100 });
  }
  expect((await failure(connectToNobody())).stack).toContain("connectToNobody");
});
