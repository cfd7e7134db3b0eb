import { createTypeScope, wireType } from "@aster/codec";
import { contractIdOf, defineService, unary } from "@aster/contract";
import { type AsterClient, AsterServer, type Client, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pythonWithWheel } from "../src/process/python.ts";
import { connectToWheel } from "../src/process/wheel-admission.ts";
import { Testkit } from "../src/service.ts";
import { Point } from "../src/types.ts";
import { WheelClient } from "./support/wheel-client.ts";
import { WheelServer } from "./support/wheel-server.ts";

const python = await pythonWithWheel();

// the types of src/types.ts, with every bit of the integers
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

describe.skipIf("missing" in python)("64-bit integers as bigint", () => {
  let ours: AsterServer;
  let wheelServer: WheelServer;
  let wheel: WheelClient;
  let client: AsterClient;
  let wide: Client<typeof WideTestkit>;

  beforeAll(async () => {
    if ("missing" in python) return;
    const handlers = { echo: (request: z.output<typeof WideRequest>) => request };
    ours = await AsterServer.start({
      services: [implement(WideTestkit, handlers)],
      gate: openGate(),
      network: "none",
    });
    [wheelServer, wheel] = await Promise.all([
      WheelServer.start(python.path),
      WheelClient.start(python.path),
    ]);
    await wheel.connect("us", ours.address);
    client = await connectToWheel(wheelServer.ready.address, { network: "none" });
    wide = client.client(WideTestkit, { checkContract: false });
  });

  afterAll(async () => {
    await client?.close();
    await wheel?.[Symbol.asyncDispose]();
    await wheelServer?.[Symbol.asyncDispose]();
    await ours?.close();
  });

  it.each(edges)("we send %i to the wheel", async (number) => {
    expect((await wide.echo({ number })).number).toBe(number);
  });

  it.each(["typed", "proxy"] as const)("the wheel's %s client sends them to us", async (via) => {
    for (const number of edges) {
      const call = { via, method: "echo", pattern: "unary", requests: [{ number }] } as const;
      const { replies, error } = await wheel.call("us", call);
      expect(error).toBeNull();
      expect(BigInt(replies[0]?.number as bigint)).toBe(number);
    }
  });

  it("a JS number never comes out rounded", async () => {
    const narrow = client.client(Testkit);
    const safe = await narrow.echo({ number: Number.MAX_SAFE_INTEGER });
    expect(safe.number).toBe(Number.MAX_SAFE_INTEGER);
    const unsafe = narrow.echo({ number: 2 ** 53 });
    await expect(unsafe).rejects.toMatchObject({ code: StatusCode.INVALID_ARGUMENT });
  });

  it("a definition that lacks methods is another contract, and is told so", async () => {
    expect(contractIdOf(WideTestkit)).not.toBe(contractIdOf(Testkit));
    const refused = (async () => client.client(WideTestkit).echo({}))();
    await expect(refused).rejects.toThrow(contractIdOf(Testkit));
  });
});
