import { AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { describe, expect, it } from "vitest";
import { testkitHandlers } from "../src/handlers.ts";
import { pythonWithWheel } from "../src/process/python.ts";
import { connectToWheel } from "../src/process/wheel-admission.ts";
import { Testkit } from "../src/service.ts";
import { WheelClient } from "./support/wheel-client.ts";
import { WheelServer } from "./support/wheel-server.ts";

const python = await pythonWithWheel();
const quick = { network: "none", node: { idleTimeoutMs: 2_000, keepAliveMs: 500 } } as const;

describe.skipIf("missing" in python)("a peer that is killed", () => {
  it("as a client: its calls end and nothing of it is kept", async () => {
    if ("missing" in python) return;
    const aborted: string[] = [];
    await using server = await AsterServer.start({
      ...quick,
      services: [
        implement(
          Testkit,
          testkitHandlers((method) => aborted.push(method)),
        ),
      ],
      gate: openGate(),
    });
    await using wheel = await WheelClient.start(python.path);
    await wheel.connect("us", server.address);
    const lost = [
      wheel.call("us", { method: "sleep", pattern: "unary", requests: [{ ms: 60_000 }] }),
      wheel.call("us", {
        method: "count",
        pattern: "serverStream",
        requests: [{ end: 1_000_000, delay_ms: 20 }],
      }),
    ];
    const silent = Promise.allSettled(lost);
    await expect.poll(() => server.stats().calls).toBe(2);
    wheel.kill();
    await expect.poll(() => aborted.sort(), { timeout: 8_000 }).toEqual(["count", "sleep"]);
    await expect
      .poll(() => server.stats(), { timeout: 8_000 })
      .toMatchObject({ calls: 0, channels: 0, connections: 0, queuedBytes: 0 });
    await silent;
  });

  it("as a server: our calls end with UNAVAILABLE", async () => {
    if ("missing" in python) return;
    await using wheel = await WheelServer.start(python.path);
    // the dial of the last call lasts as long as it may
    const reconnect = { connectTimeoutMs: 2_000 };
    await using client = await connectToWheel(wheel.ready.address, { ...quick, reconnect });
    const stub = client.client(Testkit);
    const reading = (async () => {
      for await (const _ of stub.count({ end: 1_000_000, delayMs: 20 }));
    })();
    const lost = Promise.allSettled([stub.sleep({ ms: 60_000 }), reading]);
    await stub.echo({});
    wheel.kill();
    const ended = await lost;
    const codes = ended.map((one) => one.status === "rejected" && one.reason.code);
    expect(codes).toEqual([StatusCode.UNAVAILABLE, StatusCode.UNAVAILABLE]);
    await expect(stub.echo({})).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  });
});
