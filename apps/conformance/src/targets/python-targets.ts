import { AsterClient } from "@aster/rpc";
import { createNode } from "@aster/transport";
import { callInSession } from "../client/session-call.ts";
import { SteppedCall } from "../client/stepped-call.ts";
import type { Mode } from "../raw/protocol.ts";
import type { Setup } from "../row-kinds/setup.ts";
import { startConformanceServer } from "../service/conformance-server.ts";
import {
  Conformance,
  ConformanceSession,
  IdempotentConformance,
  idempotentOptions,
} from "../service/definitions.ts";
import { named } from "../service/named-interceptors.ts";
import type { Harness } from "./harness.ts";
import { PythonCaller } from "./python-caller.ts";
import { PythonHost } from "./python-host.ts";
import { pythonClientSupports, pythonServerSupports } from "./python-support.ts";
import type { Target } from "./target.ts";

/** The Python package does not answer some cancellations, so a long wait has no use. */
const CANCEL_MS = 2_000;

/** The Python package as server and as client; `python` is the path of its interpreter. */
export function pythonTargets(python: string): readonly Target[] {
  return [
    pythonServer(python, "xlang", true),
    pythonServer(python, "xlang", false),
    pythonServer(python, "json", true),
    pythonClient(python, "xlang"),
    pythonClient(python, "json"),
  ];
}

/** A TypeScript client and a Python server. */
function pythonServer(python: string, mode: Mode, zstd: boolean): Target {
  let host: Promise<PythonHost> | undefined;
  return {
    name: `python-server/${mode}/${zstd ? "zstd" : "plain"}`,
    mode,
    zstd,
    takes: (row) => pythonServerSupports(row, zstd) && (row.only?.mode ?? mode) === mode,
    async harness(setup) {
      host ??= PythonHost.start(python);
      return await harnessOfHost(await host, mode, zstd, setup);
    },
    async scenarioClient() {
      host ??= PythonHost.start(python);
      const client = await AsterClient.connect((await host).ready.address, { network: "none" });
      return { client, [Symbol.asyncDispose]: () => client.close() };
    },
    async close() {
      await (await host)?.[Symbol.asyncDispose]();
      host = undefined;
    },
  };
}

async function harnessOfHost(
  host: PythonHost,
  mode: Mode,
  zstd: boolean,
  { clientLimits = {}, clientInterceptors = [], idempotent = false }: Setup,
): Promise<Harness> {
  const client = await AsterClient.connect(host.ready.address, {
    network: "none",
    compression: zstd ? {} : false,
    limits: clientLimits,
    interceptors: named(clientInterceptors),
  });
  const typed = idempotent
    ? client.client(IdempotentConformance, { serialization: mode, ...idempotentOptions })
    : client.client(Conformance, { serialization: mode });
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

/** A Python client and a TypeScript server. */
function pythonClient(python: string, mode: Mode): Target {
  let caller: Promise<PythonCaller> | undefined;
  return {
    name: `python-client/${mode}`,
    mode,
    zstd: true,
    takes: (row) => pythonClientSupports(row, mode),
    async harness(setup) {
      caller ??= PythonCaller.start(python);
      return await harnessOfCaller(await caller, mode, setup);
    },
    async close() {
      await (await caller)?.[Symbol.asyncDispose]();
      caller = undefined;
    },
  };
}

async function harnessOfCaller(caller: PythonCaller, mode: Mode, setup: Setup): Promise<Harness> {
  const node = await createNode({ network: "none" });
  const { server, observer, sessions } = await startConformanceServer(node, setup);
  const clientId = await caller.connect(server.address, server.address);
  return {
    clientId,
    observer,
    sessions,
    call: (row, tag, sessionTag) => caller.call(server.address, row, [tag, sessionTag], mode),
    async [Symbol.asyncDispose]() {
      await server.close({ graceMs: 0 });
      await node.close();
    },
  };
}
