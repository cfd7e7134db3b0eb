import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AsterClient, type AsterClientOptions, StatusCode } from "@aster/rpc";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { newIdentity, writeIdentity, writeRootKey } from "@aster/trust/files";
import { Child } from "@aster-apps/testkit/process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AgentSession, MissionControl } from "../src/services/definitions.ts";

/** Programs start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Ready {
  readonly id: string;
  readonly address: string;
  readonly contracts: Readonly<Record<string, string>>;
  readonly registry?: { readonly namespace: string; readonly author: string };
}

type Fields = Readonly<Record<string, unknown>>;

const having =
  <T extends Fields>(fields: Fields) =>
  (value: unknown): value is T =>
    Object.entries(fields).every(([name, expected]) => (value as Fields)[name] === expected);

async function serving(...args: readonly string[]) {
  const child = new Child(process.execPath, [
    ...["--import", import.meta.resolve("tsx"), main, "serve"],
    ...args,
  ]);
  const ready = await child.line(having<Ready & Fields>({ ready: true }), 60_000);
  return { child, ready };
}

const codeOf = (call: PromiseLike<unknown>): Promise<number> =>
  Promise.resolve(call).then(
    () => StatusCode.OK,
    (error: { readonly code: number }) => error.code,
  );

const isStats = (value: unknown): value is { readonly stats: Readonly<Record<string, number>> } =>
  "stats" in (value as object);

async function statsOf(child: Child) {
  child.send({ cmd: "stats" });
  return (await child.line(isStats)).stats;
}

describe("in dev mode", () => {
  let child: Child;
  let ready: Ready;
  let client: AsterClient;

  beforeAll(async () => {
    ({ child, ready } = await serving());
    client = await AsterClient.connect(ready.address, { network: "none" });
  });
  afterAll(async () => {
    await client?.close();
    child?.signal("SIGTERM");
    await child?.[Symbol.asyncDispose]();
  });

  test("has the contract ids that other languages compute", () => {
    expect(ready.contracts).toEqual({
      MissionControl: "cab7055bba02010c9165a1f3879488524d1e42924daf77be85a8223498179047",
      AgentSession: "ba1358cc2c322d89c1a5b0052b32b0e97cd94db39f41aec9076e7ddde46ef71d",
    });
  });

  test("sends each tail the entries of its agent from its level on", async () => {
    const mission = client.client(MissionControl);
    await using tail = mission.tailLogs({ agent_id: "a", level: "warn" });
    await using all = mission.tailLogs({ level: "debug" });
    await expect.poll(() => statsOf(child)).toMatchObject({ tails: 2 });
    for (const agent_id of ["a", "b"]) {
      for (const level of ["debug", "info", "warn", "error"]) {
        await mission.submitLog({ agent_id, level, message: `${agent_id} ${level}` });
      }
    }
    const messages = async (stream: typeof tail, count: number) => {
      const read: (string | undefined)[] = [];
      while (read.length < count) read.push((await stream.next()).value?.message);
      return read;
    };
    expect(await messages(tail, 2)).toEqual(["a warn", "a error"]);
    expect(await messages(all, 8)).toHaveLength(8);
    await tail.return();
    await all.return();
    await expect.poll(() => statsOf(child)).toMatchObject({ tails: 0 });
  });

  test("refuses unknown levels", async () => {
    const mission = client.client(MissionControl);
    expect(await codeOf(mission.submitLog({ level: "loud" }))).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await codeOf(mission.tailLogs({ level: "WARN" }).next())).toBe(
      StatusCode.INVALID_ARGUMENT,
    );
  });

  test("counts points beyond the limit of other client streams, and drops nameless ones", async () => {
    const points = Array.from({ length: 100_010 }, (_, n) => ({ name: n < 10 ? "" : "cpu" }));
    expect(await client.client(MissionControl).ingestMetrics(points)).toEqual({
      accepted: 100_000,
      dropped: 10,
    });
  });

  test("keeps the state of each session, and reports its end", async () => {
    const gpu = await client.session(AgentSession);
    await using other = await client.session(AgentSession);
    expect(await codeOf(gpu.heartbeat({}))).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await gpu.register({ agent_id: "one", capabilities: ["gpu"] })).toEqual({
      task_id: "train-42",
      command: "python train.py",
    });
    expect(await gpu.heartbeat({})).toEqual({ task_id: "continue", command: "" });
    expect(await codeOf(other.heartbeat({}))).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await other.register({})).toEqual({ task_id: "idle", command: "sleep 60" });
    await gpu.close();
    expect(await child.line(having({ event: "sessionClosed", agentId: "one" }))).toMatchObject({
      peer: client.node.id,
    });
  });

  test("drains on SIGTERM", async () => {
    const { child: own } = await serving();
    own.signal("SIGTERM");
    expect(await own.exited).toBe(0);
  });
});

test("runs commands without input, with bounds, and kills what they leave", async () => {
  const { runCommand } = await import("../src/services/run-command.ts");
  const { signal } = new AbortController();
  expect(await runCommand("echo hi; echo no >&2; exit 3", signal)).toEqual({
    stdout: "hi\n",
    stderr: "no\n",
    exit_code: 3,
  });
  expect(await runCommand("cat; kill -9 $$", signal)).toMatchObject({ stdout: "", exit_code: -1 });
  const { stdout, exit_code } = await runCommand("yes", signal);
  expect([stdout.length, exit_code]).toEqual([1024 * 1024, -1]);
  const { stdout: pid } = await runCommand("sleep 1000 & echo $!", signal);
  await expect.poll(() => isRunning(Number(pid))).toBe(false);
  expect(await runCommand("sleep 1000", AbortSignal.abort())).toMatchObject({ exit_code: -1 });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("with --auth", () => {
  let folder: string;
  let child: Child;
  let ready: Ready;
  const edge = newIdentity();
  const keys: Record<string, AsterClientOptions> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aster-mission-"));
    const root = await generateRootKeypair();
    await writeRootKey(join(folder, "root.key"), root);
    await writeIdentity(join(folder, "server.toml"), newIdentity());
    const ops = newIdentity();
    for (const [name, { endpointId, secretKey }, roles] of [
      ["edge", edge, ["status", "ingest"]],
      ["ops", ops, ["status", "logs", "admin", "ingest"]],
    ] as const) {
      const credential = await signCredential(root.secretKey, {
        ...{ endpointId, roles: [...roles], expiresIn: "1h" },
      });
      keys[name] = { network: "none", secretKey: secretKey.expose(), credential };
    }
    ({ child, ready } = await serving(...files()));
  });
  afterAll(async () => {
    child?.signal("SIGTERM");
    await child?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const files = () => [
    ...["--auth", "--root-pub", join(folder, "root.pub")],
    ...["--identity", join(folder, "server.toml")],
  ];

  test("admits no peer without a credential", async () => {
    const connecting = AsterClient.connect(ready.address, { network: "none" });
    expect(await codeOf(connecting)).toBe(StatusCode.UNAUTHENTICATED);
    expect(await child.line(having({ event: "admission", admitted: false }))).toMatchObject({
      cause: "no-credential",
    });
  });

  test("lets each role call its methods only", async () => {
    await using client = await AsterClient.connect(ready.address, keys.edge);
    const mission = client.client(MissionControl);
    await using session = await client.session(AgentSession);
    expect(await codeOf(mission.getStatus({}))).toBe(StatusCode.OK);
    expect(await codeOf(mission.ingestMetrics([]))).toBe(StatusCode.OK);
    expect(await codeOf(session.register({}))).toBe(StatusCode.OK);
    expect(await codeOf(mission.tailLogs({}).next())).toBe(StatusCode.PERMISSION_DENIED);
    expect(await codeOf(session.runCommand([{ command: "true" }]).next())).toBe(
      StatusCode.PERMISSION_DENIED,
    );
    const denied = { event: "denied", peer: edge.endpointId };
    expect(
      await child.line(having({ ...denied, method: "MissionControl.tailLogs" })),
    ).toMatchObject({ missing: ["logs", "admin"] });
    expect(
      await child.line(having({ ...denied, method: "AgentSession.runCommand" })),
    ).toMatchObject({ missing: ["admin"] });
  });

  test("runs commands of an admin, one after the other", async () => {
    await using client = await AsterClient.connect(ready.address, keys.ops);
    await using session = await client.session(AgentSession);
    await using channel = session.runCommand.open();
    await channel.send({ command: "echo hi" });
    expect((await channel.next()).value).toEqual({ stdout: "hi\n", stderr: "", exit_code: 0 });
    await channel.send({ command: "exit 3" });
    expect((await channel.next()).value).toMatchObject({ exit_code: 3 });
    channel.end();
    expect((await channel.next()).done).toBe(true);
  });
});

test("keeps its address over a restart with --identity and --bind", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aster-mission-"));
  try {
    const identity = join(folder, "server.toml");
    await writeIdentity(identity, newIdentity());
    const args = ["--identity", identity, "--bind", `127.0.0.1:${await freePort()}`];
    const { child, ready } = await serving(...args);
    child.signal("SIGTERM");
    await child[Symbol.asyncDispose]();
    const again = await serving(...args);
    await using _ = again.child;
    expect(again.ready.address).toBe(ready.address);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("publishes its services with --registry", async () => {
  const { child, ready } = await serving("--registry");
  await using _ = child;
  expect(ready.registry).toEqual({
    namespace: expect.stringMatching(/^[0-9a-f]{64}$/),
    author: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test.each([
  [["--auth"], "--auth needs --root-pub and --identity"],
  [["--root-pub", "x"], "--root-pub needs --auth"],
  [["--prot", "1"], "Unknown option '--prot'"],
])("refuses %j", async (args, text) => {
  await using child = new Child(process.execPath, [
    ...["--import", import.meta.resolve("tsx"), main, "serve"],
    ...args,
  ]);
  expect(await child.exited).toBe(2);
  expect(child.errors).toContain(text);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}
