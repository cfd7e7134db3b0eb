import { createTypeScope, wireType } from "@aster/codec";
import { contractIdOf, defineService, unary } from "@aster/contract";
import { AsterClient, AsterServer, type Client, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Point, Testkit } from "@aster-apps/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { PythonClient } from "./support/python-client.ts";
import { PythonServer } from "./support/python-server.ts";

const environment = await pythonWithAster();

// the message types of the testkit with 64-bit integers
const scope = createTypeScope();
const echoed = {
  text: z.string().default(""),
  number: z.int64().default(0n),
  ratio: z.number().default(0),
  flag: z.boolean().default(false),
  blob: z.instanceof(Uint8Array).default(() => new Uint8Array()),
  tags: z.array(z.string()).default(() => []),
  attributes: z.record(z.string(), z.string()).default(() => ({})),
  inner: Point.optional(),
  points: z.array(Point).default(() => []),
};
const WideRequest = wireType("testkit/EchoRequest", echoed, { scope });
const WideReply = wireType(
  "testkit/EchoReply",
  {
    ...echoed,
    peer: z.string().default(""),
    roles: z.array(z.string()).default(() => []),
    remainingMs: z.int64().default(-1n),
    metadata: z.record(z.string(), z.string()).default(() => ({})),
  },
  { scope },
);
const WideTestkit = defineService(
  "Testkit",
  { version: 1 },
  {
    echo: unary(WideRequest, WideReply),
  },
);

const edges = [2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 0n, -1n];

describe.skipIf("missing" in environment)("64-bit integers as bigint", () => {
  let server: AsterServer;
  let pythonServer: PythonServer;
  let pythonClient: PythonClient;
  let client: AsterClient;
  let wide: Client<typeof WideTestkit>;

  beforeAll(async () => {
    if ("missing" in environment) return;
    const handlers = { echo: (request: z.output<typeof WideRequest>) => request };
    server = await AsterServer.start({
      services: [implement(WideTestkit, handlers)],
      gate: openGate(),
      network: "none",
    });
    [pythonServer, pythonClient] = await Promise.all([
      PythonServer.start(environment.path),
      PythonClient.start(environment.path),
    ]);
    await pythonClient.connect("server", server.address);
    client = await AsterClient.connect(pythonServer.ready.address, { network: "none" });
    wide = client.client(WideTestkit, { checkContract: false });
  });

  afterAll(async () => {
    await client?.close();
    await pythonClient?.[Symbol.asyncDispose]();
    await pythonServer?.[Symbol.asyncDispose]();
    await server?.close();
  });

  it.each(edges)("sends %i to the Python server", async (number) => {
    expect((await wide.echo({ number })).number).toBe(number);
  });

  it.each(["typed", "proxy"] as const)("receives them from the Python %s client", async (via) => {
    for (const number of edges) {
      const call = { via, method: "echo", pattern: "unary", requests: [{ number }] } as const;
      const { replies, error } = await pythonClient.call("server", call);
      expect(error).toBeNull();
      expect(BigInt(replies[0]?.number as bigint)).toBe(number);
    }
  });

  it("refuses to round a JavaScript number", async () => {
    const narrow = client.client(Testkit);
    const safe = await narrow.echo({ number: Number.MAX_SAFE_INTEGER });
    expect(safe.number).toBe(Number.MAX_SAFE_INTEGER);
    const unsafe = narrow.echo({ number: 2 ** 53 });
    await expect(unsafe).rejects.toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
  });

  it("refuses to call with a definition that lacks methods", async () => {
    expect(contractIdOf(WideTestkit)).not.toBe(contractIdOf(Testkit));
    const refused = (async () => client.client(WideTestkit).echo({}))();
    await expect(refused).rejects.toThrow(contractIdOf(Testkit));
  });
});
