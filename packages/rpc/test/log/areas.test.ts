// The levels of the areas transport, admission and calls.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  AsterClient,
  AsterServer,
  type LogAreas,
  type LogLevel,
  type LogRecord,
  RpcError,
} from "@aster/rpc";
import { servicePair } from "@aster/rpc/testing";
import { memoryNetwork } from "@aster/transport";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Probe, probe } from "../support/probe.ts";

function recorder(level: LogLevel, areas?: LogAreas) {
  const records: LogRecord[] = [];
  return {
    records,
    log: { write: (record: LogRecord) => void records.push(record), level, areas },
  };
}

const lines = (records: readonly LogRecord[]): string[] =>
  records.map(({ logger, msg }) => `${logger.slice("aster.".length)}: ${msg}`);

describe.each(["memory", "quic"] as const)("over %s", (transport) => {
  test.each<[LogAreas, string[], string[]]>([
    [{}, [], []],
    [
      { transport: "debug" },
      [
        "transport: connection opened",
        "transport: connection closed",
        "transport: connection opened",
        "transport: connection closed",
      ],
      [
        "transport: dialing",
        "transport: connection opened",
        "transport: connection closed",
        "transport: dialing",
        "transport: connection opened",
        "transport: connection closed",
      ],
    ],
    [
      { admission: "debug" },
      ["admission: admission requested", "admission: peer admitted"],
      ["admission: admission requested", "admission: admitted"],
    ],
    [{ admission: "info" }, ["admission: peer admitted"], []],
    [
      { calls: "debug" },
      ["rpc: call began", "rpc: call ended"],
      ["rpc: call began", "rpc: call ended"],
    ],
  ])("%j writes the lines of the area", async (areas, ofServer, ofClient) => {
    const theirs = recorder("warning", areas);
    const ours = recorder("warning", areas);
    const options = { transport, services: [probe()], log: theirs.log, client: { log: ours.log } };
    {
      await using pair = await servicePair(options);
      await pair.client.client(Probe).echo({ text: "hi" });
    }
    // both sides see the end of a connection at a time of their own
    await expect.poll(() => lines(theirs.records).sort()).toEqual(ofServer.sort());
    await expect.poll(() => lines(ours.records).sort()).toEqual(ofClient.sort());
  });
});

test("lines about connections have the protocol, the time and the end, and mask the address", async () => {
  const { records, log } = recorder("warning", { transport: "debug" });
  {
    await using _ = await servicePair({ transport: "quic", services: [probe()], log });
  }
  const opened = records.filter(({ msg }) => msg === "connection opened");
  expect(opened[1]).toMatchObject({
    level: "debug",
    alpn: "aster/1",
    side: "server",
    address: expect.stringMatching(/^127\.0\.0\.x:\d+$/),
  });
  await expect
    .poll(() => records.find(({ msg, alpn }) => msg === "connection closed" && alpn === "aster/1"))
    .toMatchObject({
      close_code: 0,
      reason: "transport.closed",
      duration_ms: expect.any(Number),
    });
});

test("a dial that fails is logged by the client with its error", async () => {
  const { records, log } = recorder("warning", { transport: "debug", admission: "debug" });
  const network = memoryNetwork();
  await using there = await network.createNode();
  await using here = await network.createNode();
  await failure(AsterClient.connect(there.address(), { node: here, log, timeoutMs: 200 }));
  expect(lines(records)).toEqual([
    "admission: admission requested",
    "transport: dialing",
    "transport: dial failed",
    "admission: admission failed",
  ]);
  expect(records[2]).toMatchObject({ error_type: "TransportError" });
});

test("the cause of a denial is on the log of the server only", async () => {
  const ours = recorder("debug");
  const theirs = recorder("debug");
  const root = await generateRootKeypair();
  const other = await generateRootKeypair();
  const network = memoryNetwork();
  await using there = await network.createNode();
  await using here = await network.createNode();
  await using server = await AsterServer.start({
    services: [probe()],
    node: there,
    rootPubkey: root.publicKey,
    log: theirs.log,
  });
  const credential = await signCredential(other.secretKey);
  const denied = AsterClient.connect(server.address, { node: here, credential, log: ours.log });
  expect(await failure(denied)).toBeInstanceOf(RpcError);
  const line = theirs.records.find(({ msg }) => msg === "admission denied");
  expect(line).toMatchObject({
    cause: "wrong-root",
    credential_id: expect.stringMatching(/^[0-9a-f]{8}$/),
  });
  const asked = ours.records.find(({ msg }) => msg === "admission requested");
  expect(asked?.credential_id).toBe(line?.credential_id);
  expect(JSON.stringify(ours.records)).not.toContain("wrong-root");
  for (const records of [ours.records, theirs.records]) {
    expect(JSON.stringify(records)).not.toContain(credential.signature.slice(0, 16));
  }
});

test.each([
  [{ areas: 5 }, "log.areas must be an object with a level per area"],
  [{ areas: { rpc: "debug" } }, "unknown option log.areas.rpc; use transport, admission, calls"],
  [
    { areas: { calls: "loud" } },
    'log.areas.calls must be debug, info, warning or error, got "loud"',
  ],
])("the option log with %j is refused", async (option, text) => {
  const log = { write: () => {}, ...option } as never;
  const services = [probe()];
  await expect(AsterServer.start({ services, log })).rejects.toThrow(text);
});

describe("a program with the variable ASTER_LOG", { timeout: 120_000 }, () => {
  const run = promisify(execFile);
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const program = `
    import { AsterClient, AsterServer, defineService, implement, openGate, unary, wireType } from "@aster/rpc";
    import { z } from "zod";
    const Text = wireType("areas/Text", { text: z.string() });
    const Def = defineService("Def", {}, { say: unary(Text, Text) });
    const local = { network: "none", bindAddress: "127.0.0.1:0" };
    const services = [implement(Def, { say: (text) => text })];
    const server = await AsterServer.start({ ...local, services, gate: openGate() });
    const client = await AsterClient.connect(server.address, local);
    await client.client(Def).say({ text: "the-payload" }, { metadata: { token: "the-metadata" } });
    await client.close();
    await server.close();`;

  /** The lines on stderr, as the part of the library and the message. */
  async function stderrWith(variables: Readonly<Record<string, string>>): Promise<string> {
    const flags = ["--disable-warning=ExperimentalWarning"];
    const args = [...flags, "--input-type=module-typescript", "--eval", program];
    const env = { ...process.env, ...variables };
    const { stderr } = await run(process.execPath, args, { cwd, env, timeout: 100_000 });
    return stderr;
  }

  test("is silent without it", async () => {
    expect(await stderrWith({})).toBe("");
  });

  test("logs all areas with debug, and neither payloads nor metadata", async () => {
    const text = await stderrWith({ ASTER_LOG: "debug" });
    for (const line of [
      /DEBUG +transport dialing/,
      /DEBUG +transport connection opened/,
      /DEBUG +transport connection closed/,
      /DEBUG +admission admission requested/,
      /INFO +admission peer admitted/,
      /DEBUG +rpc call began/,
      /DEBUG +rpc call ended/,
      /INFO +server server started/,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).not.toMatch(/the-payload|the-metadata/);
  });

  test("logs the areas that it names, in the format of ASTER_LOG_FORMAT", async () => {
    const text = await stderrWith({
      ASTER_LOG: "calls=debug,admission=info",
      ASTER_LOG_FORMAT: "json",
    });
    const records = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LogRecord);
    expect(lines(records).sort()).toEqual([
      "admission: peer admitted",
      "rpc: call began",
      "rpc: call began",
      "rpc: call ended",
      "rpc: call ended",
    ]);
  });

  test("refuses another value", async () => {
    await expect(stderrWith({ ASTER_LOG: "loud" })).rejects.toThrow(
      /ASTER_LOG must be debug, info, warning or error, or levels of transport, admission and calls/,
    );
  });
});
