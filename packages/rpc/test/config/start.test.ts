// Servers and clients that are configured by variables and files alone.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AsterClient,
  AsterConfig,
  AsterServer,
  type LogRecord,
  openGate,
  StatusCode,
} from "@aster/rpc";
import { endpointIdOf, formatTicket, memoryNetwork, ticketFor } from "@aster/transport";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Probe, probe } from "../support/probe.ts";

const secretKey = new Uint8Array(32).fill(0x21);
const services = [probe()];
const before = { ...process.env };
const folder = process.cwd();

beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), "aster-start-")));
});

afterEach(() => {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

function set(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

async function refused(start: Promise<unknown>): Promise<{ message: string; code: number }> {
  const error = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ details: { reason: "option.invalid" } });
  return error as { message: string; code: number };
}

describe("the network", () => {
  test("comes from the variables, over aster.toml, under the options", async () => {
    writeFileSync(
      "aster.toml",
      `[network]\nbind_addr = "127.0.0.1:1"\nsecret_key = "${Buffer.from(secretKey).toString("base64")}"`,
    );
    set({ ASTER_BIND_ADDR: "127.0.0.1:0" });
    await using server = await AsterServer.start({ services });
    expect(server.endpointId).toBe(endpointIdOf(secretKey));
    const [direct, ...others] = server.node.address().directAddresses;
    expect(direct).toMatch(/^127\.0\.0\.1:\d{4,5}$/);
    expect(others).toEqual([]);
    const other = new Uint8Array(32).fill(0x22);
    await using client = await AsterClient.connect(server.address, { secretKey: other });
    expect(client.node.id).toBe(endpointIdOf(other));
    expect(await client.client(Probe).echo({ text: "x" })).toEqual({ text: "x" });
  });

  test.each([
    [{ ASTER_RELAY_MODE: "custom" }, "ASTER_RELAY_MODE: custom needs relay_urls"],
    [
      { ASTER_RELAY_MODE: "default", ASTER_RELAY_URLS: "https://a.example" },
      "ASTER_RELAY_URLS: needs relay_mode custom, not default",
    ],
  ])("refuses %j", async (variables, text) => {
    set(variables);
    expect((await refused(AsterServer.start({ services }))).message).toContain(text);
    expect((await refused(AsterClient.connect("ab".repeat(32)))).message).toContain(text);
  });
});

test("a client without an address dials that of the configuration", async () => {
  const network = memoryNetwork();
  await using there = await network.createNode();
  await using here = await network.createNode();
  await using _server = await AsterServer.start({ services, node: there });
  await expect(AsterClient.connect()).rejects.toThrow("ASTER_ENDPOINT_ADDR is not set");
  set({ ASTER_ENDPOINT_ADDR: formatTicket(ticketFor(there.address())) });
  await using client = await AsterClient.connect(undefined, { node: here });
  expect(client.peer).toBe(there.id);
});

test("a client presents the identity token of the configuration", async () => {
  const network = memoryNetwork();
  await using there = await network.createNode();
  await using here = await network.createNode();
  const tokens: string[] = [];
  const gate = {
    open: false,
    admit: ({ iidToken }: { readonly iidToken: string }) => {
      tokens.push(iidToken);
      return { admitted: true as const, attributes: {} };
    },
  };
  await using _server = await AsterServer.start({ services, node: there, gate });
  set({ ASTER_ENROLLMENT_CREDENTIAL_IID: "instance-document" });
  await using _client = await AsterClient.connect(there.address(), { node: here });
  expect(tokens).toEqual(["instance-document"]);
});

describe("a server", () => {
  test("opens the health endpoint of the configuration", async () => {
    const { port } = await new Promise<{ port: number }>((resolve) => {
      const { createServer } = process.getBuiltinModule("node:net");
      const probing = createServer().listen(0, "127.0.0.1", () => {
        const address = probing.address() as { port: number };
        probing.close(() => resolve(address));
      });
    });
    set({ ASTER_HEALTH_PORT: String(port) });
    await using server = await AsterServer.start({
      services,
      node: await memoryNetwork().createNode(),
    });
    expect(server.healthPort).toBe(port);
    set({ ASTER_HEALTH_PORT: "0" });
    await using other = await AsterServer.start({
      services,
      node: await memoryNetwork().createNode(),
    });
    expect(other.healthPort).toBeUndefined();
  });

  test("ends an admission after the time of the configuration", async () => {
    const network = memoryNetwork();
    await using there = await network.createNode();
    await using here = await network.createNode();
    const config = AsterConfig.of({ peerTtlS: 1 });
    const gate = { open: false, admit: () => ({ admitted: true as const, attributes: {} }) };
    await using _server = await AsterServer.start({ services, node: there, config, gate });
    await using client = await AsterClient.connect(there.address(), { node: here, config });
    const remote = client.client(Probe);
    await remote.echo({ text: "" });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(remote.echo({ text: "" })).rejects.toMatchObject({
      code: StatusCode.UNAUTHENTICATED,
    });
  });

  test("denies an admission after hook_timeout_ms", async () => {
    const network = memoryNetwork();
    await using there = await network.createNode();
    await using here = await network.createNode();
    const config = AsterConfig.of({ hookTimeoutMs: 20 });
    const gate = { open: false, admit: () => new Promise<never>(() => {}) };
    await using _server = await AsterServer.start({ services, node: there, config, gate });
    await expect(
      AsterClient.connect(there.address(), { node: here, config }),
    ).rejects.toMatchObject({ code: StatusCode.UNAUTHENTICATED });
  });

  test("writes a log to stderr when the configuration has a format", async () => {
    set({ ASTER_LOG_FORMAT: "json" });
    const { write } = process.stderr;
    let text = "";
    process.stderr.write = (part) => {
      text += part;
      return true;
    };
    try {
      await using _server = await AsterServer.start({
        services,
        node: await memoryNetwork().createNode(),
      });
    } finally {
      process.stderr.write = write;
    }
    const [first] = text.split("\n").filter((line) => line.startsWith("{"));
    expect(JSON.parse(first ?? "")).toMatchObject({ level: "info", msg: "server started" });
  });

  test.each([
    ["ASTER_ALPNS", "own/1", "servers and clients have the protocols of Aster"],
    ["ASTER_ENABLE_MONITORING", "false", "stats() always counts"],
    ["ASTER_ENABLE_HOOKS", "off", "the gate before connections always works"],
    ["ASTER_ALLOW_ALL_PRODUCERS", "true", "producers always need a credential"],
  ])("logs a warning for %s=%s, on servers and clients", async (variable, value, reason) => {
    set({ [variable]: value });
    const records: LogRecord[] = [];
    const log = (record: LogRecord): void => void records.push(record);
    const network = memoryNetwork();
    const node = await network.createNode();
    await using server = await AsterServer.start({ services, node, log });
    await using _client = await AsterClient.connect(server.address, {
      node: await network.createNode(),
      log,
    });
    const warnings = records.filter(({ msg }) => msg === "setting without effect");
    const warning = `${variable} has no effect: ${reason}. See docs/guide/configuration.md.`;
    const expected = { level: "warning", logger: "aster.config", warning };
    expect(warnings).toMatchObject([expected, expected]);
  });

  test("logs no warning for values that the default has", async () => {
    set({ ASTER_ENABLE_MONITORING: "true", ASTER_ENABLE_HOOKS: "1" });
    const records: LogRecord[] = [];
    const log = (record: LogRecord): void => void records.push(record);
    const node = await memoryNetwork().createNode();
    await using _server = await AsterServer.start({ services, node, log });
    expect(records.filter(({ level }) => level === "warning")).toEqual([]);
  });

  test("prints a warning for a setting without effect, and for an unknown variable", async () => {
    set({ ASTER_REPLAY_WINDOW_MS: "1", ASTER_ROOT_PUBKY: "ab" });
    const warnings: string[] = [];
    const take = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", take);
    await using _server = await AsterServer.start({
      services,
      node: await memoryNetwork().createNode(),
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", take);
    expect(warnings).toContainEqual(expect.stringMatching(/^ASTER_REPLAY_WINDOW_MS has no effect/));
    expect(warnings).toContainEqual(expect.stringContaining("ASTER_ROOT_PUBKY is unknown"));
  });
});

describe("the gate", () => {
  test.each([
    [{ ASTER_ALLOW_ALL_CONSUMERS: "true", NODE_ENV: "production" }, true],
    [{}, true],
  ])("is open with %j", async (variables, open) => {
    set(variables as Record<string, string>);
    const node = await memoryNetwork().createNode();
    await using server = await AsterServer.start({ services, node });
    expect(server.stats().admission).toBeDefined();
    expect(open).toBe(true);
  });

  test("refuses to start in production unless it is asked for", async () => {
    set({ NODE_ENV: "production" });
    const node = await memoryNetwork().createNode();
    await expect(AsterServer.start({ services, node })).rejects.toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
      details: { reason: "admission.gate" },
    });
  });

  test("is not opened by a configuration that forbids it without a root key", async () => {
    set({ ASTER_ALLOW_ALL_CONSUMERS: "no" });
    const node = await memoryNetwork().createNode();
    const { message } = await refused(AsterServer.start({ services, node }));
    expect(message).toContain("ASTER_ALLOW_ALL_CONSUMERS is false, and no root key is set");
    await using _server = await AsterServer.start({ services, node, gate: openGate() });
  });
});
