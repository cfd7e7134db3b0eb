import { AsterClient, AsterServer, implement, StatusCode } from "@aster/rpc";
import { openGate } from "@aster/trust";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { Testkit, testkitHandlers } from "@aster-apps/testkit";
import { describe, expect, it } from "vitest";
import { PythonClient } from "./support/python-client.ts";
import { PythonServer } from "./support/python-server.ts";

const environment = await pythonWithAster();
const quick = { network: "none", node: { idleTimeoutMs: 2_000, keepAliveMs: 500 } } as const;

describe.skipIf("missing" in environment)("a Python peer that is killed", () => {
  it("leaves no calls or connections behind as a client", async () => {
    if ("missing" in environment) return;
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
    await using python = await PythonClient.start(environment.path);
    await python.connect("server", server.address);
    const lost = [
      python.call("server", { method: "sleep", pattern: "unary", requests: [{ ms: 60_000 }] }),
      python.call("server", {
        method: "count",
        pattern: "serverStream",
        requests: [{ end: 1_000_000, delay_ms: 20 }],
      }),
    ];
    const silent = Promise.allSettled(lost);
    await expect.poll(() => server.stats().calls).toBe(2);
    python.kill();
    await expect.poll(() => aborted.sort(), { timeout: 8_000 }).toEqual(["count", "sleep"]);
    await expect
      .poll(() => server.stats(), { timeout: 8_000 })
      .toMatchObject({ calls: 0, channels: 0, connections: 0, queuedBytes: 0 });
    await silent;
  });

  it("ends the calls of its clients with UNAVAILABLE as a server", async () => {
    if ("missing" in environment) return;
    await using server = await PythonServer.start(environment.path);
    // bounds the dial of the last call
    const reconnect = { connectTimeoutMs: 2_000 };
    const options = { ...quick, reconnect, retry: false } as const;
    await using client = await AsterClient.connect(server.ready.address, options);
    const stub = client.client(Testkit);
    const reading = (async () => {
      for await (const _ of stub.count({ end: 1_000_000, delayMs: 20 }));
    })();
    const lost = Promise.allSettled([stub.sleep({ ms: 60_000 }), reading]);
    await stub.echo({});
    server.kill();
    const ended = await lost;
    const codes = ended.map((one) => one.status === "rejected" && one.reason.code);
    expect(codes).toEqual([StatusCode.UNAVAILABLE, StatusCode.UNAVAILABLE]);
    await expect(stub.echo({})).rejects.toMatchObject({ code: StatusCode.UNAVAILABLE });
  });
});
