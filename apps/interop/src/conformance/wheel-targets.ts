import { createNode } from "@aster/transport";
import { connectToWheel } from "../process/wheel-admission.ts";
import { hostConformance } from "./hosted.ts";
import { named } from "./interceptors.ts";
import type { Mode } from "./protocol.ts";
import type { Rig } from "./rig.ts";
import type { Setup } from "./row.ts";
import { Conformance } from "./service.ts";
import { callInSession } from "./session-call.ts";
import { ConformanceSession } from "./session-service.ts";
import { SteppedCall } from "./stepped-call.ts";
import type { Target } from "./target.ts";
import { wheelCanCall, wheelCanServe } from "./wheel-dialect.ts";
import { WheelDriver } from "./wheel-driver.ts";
import { WheelHost } from "./wheel-host.ts";

/** It does not answer some cancellations at all, so there is no point in waiting for long. */
const CANCEL_MS = 2_000;

/** Us and the wheel, both ways round, with this Python. */
export function wheelTargets(python: string): readonly Target[] {
  return [
    wheelServes(python, "xlang", true),
    wheelServes(python, "xlang", false),
    wheelServes(python, "json", true),
    wheelCalls(python, "xlang"),
    wheelCalls(python, "json"),
  ];
}

function wheelServes(python: string, mode: Mode, zstd: boolean): Target {
  let host: Promise<WheelHost> | undefined;
  return {
    name: `wheel-server/${mode}/${zstd ? "zstd" : "plain"}`,
    mode,
    zstd,
    takes: (row) => wheelCanServe(row, zstd) && (row.only?.mode ?? mode) === mode,
    async rig(setup) {
      host ??= WheelHost.start(python);
      return await rigOfHost(await host, mode, zstd, setup);
    },
    async visit() {
      host ??= WheelHost.start(python);
      const client = await connectToWheel((await host).ready.address, { network: "none" });
      return { client, [Symbol.asyncDispose]: () => client.close() };
    },
    async close() {
      await (await host)?.[Symbol.asyncDispose]();
      host = undefined;
    },
  };
}

async function rigOfHost(
  host: WheelHost,
  mode: Mode,
  zstd: boolean,
  { clientLimits = {}, clientInterceptors = [] }: Setup,
): Promise<Rig> {
  const client = await connectToWheel(host.ready.address, {
    network: "none",
    compression: zstd ? {} : false,
    limits: clientLimits,
    interceptors: named(clientInterceptors),
  });
  const typed = client.client(Conformance, { serialization: mode });
  const openSession = () =>
    client.session(ConformanceSession, { serialization: mode, cancelTimeoutMs: CANCEL_MS });
  return {
    clientId: client.node.id,
    observer: undefined,
    sessions: host,
    openSession,
    async call(row, tag, sessionTag) {
      return row.session === undefined
        ? await new SteppedCall(typed, row, tag, undefined).run(row.steps)
        : await callInSession(await openSession(), row, [tag, sessionTag], undefined);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function wheelCalls(python: string, mode: Mode): Target {
  let driver: Promise<WheelDriver> | undefined;
  return {
    name: `wheel-client/${mode}`,
    mode,
    zstd: true,
    takes: (row) => wheelCanCall(row, mode),
    async rig(setup) {
      driver ??= WheelDriver.start(python);
      return await rigOfDriver(await driver, mode, setup);
    },
    async close() {
      await (await driver)?.[Symbol.asyncDispose]();
      driver = undefined;
    },
  };
}

async function rigOfDriver(driver: WheelDriver, mode: Mode, setup: Setup): Promise<Rig> {
  const node = await createNode({ network: "none" });
  const { server, observer, sessions } = await hostConformance(node, setup);
  const clientId = await driver.connect(server.address, server.address);
  return {
    clientId,
    observer,
    sessions,
    call: (row, tag, sessionTag) => driver.call(server.address, row, [tag, sessionTag], mode),
    async [Symbol.asyncDispose]() {
      await server.close({ graceMs: 0 });
      await node.close();
    },
  };
}
