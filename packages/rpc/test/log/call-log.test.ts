// The records of servers and clients about starts, admissions and calls.
import {
  AsterClient,
  AsterServer,
  createLocalClient,
  currentCall,
  defineService,
  implement,
  type LogRecord,
  RpcError,
  role,
  StatusCode,
  serverStream,
  unary,
  wireType,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { memoryNetwork } from "@aster/transport";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const Text = wireType("log/Text", { text: z.string() });
const Rooms = defineService(
  "Rooms",
  {},
  {
    echo: unary(Text, Text),
    fail: unary(Text, Text),
    refuse: unary(Text, Text),
    one: unary(Text, Text, { maxConcurrentCalls: 1 }),
    count: serverStream(Text, Text),
    requestId: unary(Text, Text),
  },
);
const Chat = defineService("Chat", { scoped: "session" }, { requestId: unary(Text, Text) });

function rooms() {
  return implement(Rooms, {
    echo: (request) => request,
    fail: () => {
      throw new TypeError("the database is gone");
    },
    refuse: () => {
      throw new RpcError(StatusCode.NOT_FOUND, "no such room");
    },
    one: async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return request;
    },
    async *count() {
      yield { text: "1" };
      yield { text: "2" };
    },
    requestId: (_, context) => ({
      text: `${context.requestId} ${currentCall()?.requestId}`,
    }),
  });
}

/** Takes the records of a level, but not those about connections and the beginnings of calls. */
function recorder(level: "debug" | "info" = "debug") {
  const records: LogRecord[] = [];
  const write = (record: LogRecord): void => {
    if (record.msg !== "call began") records.push(record);
  };
  const areas = { transport: "info", admission: "info" } as const;
  return { records, log: { write, level, areas } };
}

const messages = (records: readonly LogRecord[]): string[] => records.map(({ msg }) => msg);

describe("a server", () => {
  test("logs its start, admissions, calls and stop", async () => {
    const { records, log } = recorder();
    {
      await using pair = await servicePair({ services: [rooms()], log });
      const remote = pair.client.client(Rooms);
      await remote.echo({ text: "hi" });
      await expect(remote.refuse({ text: "" })).rejects.toThrow("no such room");
      for await (const _ of remote.count({ text: "" })) {
        // reads to the end
      }
      const peer = pair.client.node.id;
      const short = `${peer.slice(0, 8)}...${peer.slice(-4)}`;
      expect(records).toMatchObject([
        { level: "info", logger: "aster.server", msg: "server started", services: ["Rooms/1"] },
        { level: "info", logger: "aster.admission", msg: "peer admitted", peer: short },
        {
          level: "debug",
          logger: "aster.rpc",
          msg: "call ended",
          service: "Rooms",
          method: "echo",
          peer: short,
          status_code: 0,
        },
        {
          msg: "call failed",
          method: "refuse",
          status_code: 5,
          error: "NOT_FOUND: no such room",
          error_type: "RpcError",
        },
        { msg: "call ended", method: "count" },
      ]);
      for (const { duration_ms } of records.slice(1)) expect(duration_ms).toBeGreaterThanOrEqual(0);
    }
    expect(messages(records.slice(-2))).toEqual(["server stopping", "server stopped"]);
  });

  test("logs an exception with its error id and the id of the call, and prints no warning", async () => {
    const { records, log } = recorder("info");
    const warnings: Error[] = [];
    const take = (warning: Error): void => void warnings.push(warning);
    process.on("warning", take);
    await using pair = await servicePair({ services: [rooms()], log });
    const error = await pair.client
      .client(Rooms)
      .fail({ text: "" })
      .catch((reason: RpcError) => reason);
    const [failed] = records.filter(({ level }) => level === "error");
    expect(failed).toMatchObject({
      msg: "fail failed",
      service: "Rooms",
      method: "fail",
      error: "the database is gone",
      error_type: "TypeError",
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect((error as RpcError).message).toContain(`[${failed?.error_id}]`);
    expect(failed?.stack).toContainEqual(expect.stringMatching(/^at .*call-log\.test\.ts/));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", take);
    expect(warnings.map(({ name }) => name)).not.toContain("AsterHandlerError");
  });

  test("warns of a limit, and logs no other call above the level debug", async () => {
    const { records, log } = recorder("info");
    await using pair = await servicePair({ services: [rooms()], log });
    const remote = pair.client.client(Rooms);
    await remote.echo({ text: "" });
    await Promise.allSettled(Array.from({ length: 30 }, () => remote.one({ text: "" })));
    const rpc = records.filter(({ logger }) => logger === "aster.rpc");
    expect(rpc).toHaveLength(20);
    expect(rpc[0]).toMatchObject({
      level: "warning",
      msg: "call refused by a limit",
      method: "one",
      status_code: 8,
      reason: "limit.maxConcurrentCalls",
    });
  });

  test("logs a denied admission with its reason", async () => {
    const { records, log } = recorder("info");
    const network = memoryNetwork();
    await using there = await network.createNode();
    await using here = await network.createNode();
    await using _server = await AsterServer.start({
      services: [rooms()],
      node: there,
      log,
      gate: { open: false, admit: () => ({ admitted: false, reason: "not\non the list" }) },
    });
    await expect(AsterClient.connect(there.address(), { node: here })).rejects.toMatchObject({
      code: StatusCode.UNAUTHENTICATED,
    });
    expect(records.at(-1)).toMatchObject({
      level: "warning",
      logger: "aster.admission",
      msg: "admission denied",
      reason: "not\\u000aon the list",
    });
  });

  test("logs a renewal that failed, although the peer is admitted", async () => {
    const { records, log } = recorder("info");
    const { publicKey: rootPubkey, secretKey } = await generateRootKeypair();
    const credential = await signCredential(secretKey, { oneTime: true });
    const renew = () => Promise.reject(new Error("the signer is down"));
    const options = { services: [rooms()], log, rootPubkey, renew, client: { credential } };
    await using _pair = await servicePair(options);
    const admissions = records.filter(({ logger }) => logger === "aster.admission");
    expect(admissions).toMatchObject([
      { level: "warning", msg: "credential not renewed" },
      { level: "info", msg: "peer admitted" },
    ]);
    expect(String(admissions[0]?.error)).toContain("the signer is down");
  });

  test("logs a denied call with the method and the cause", async () => {
    const { records, log } = recorder("info");
    const secret = defineService("Vault", { requires: role("ops") }, { echo: unary(Text, Text) });
    const vault = implement(secret, { echo: (request) => request });
    await using pair = await servicePair({ services: [vault], log });
    await expect(pair.client.client(secret).echo({ text: "" })).rejects.toMatchObject({
      code: StatusCode.PERMISSION_DENIED,
    });
    expect(records.at(-1)).toMatchObject({
      level: "warning",
      msg: "call denied",
      gate: 3,
      cause: "capability",
      method: "Vault.echo",
      status_code: 7,
    });
  });

  test("refuses a bad log before it opens anything", async () => {
    const services = [rooms()];
    await expect(AsterServer.start({ services, log: 1 as never })).rejects.toMatchObject({
      code: StatusCode.INVALID_ARGUMENT,
      details: { option: "log" },
    });
  });
});

describe("a client", () => {
  test("logs its connection and its calls, with the ids of the server", async () => {
    const theirs = recorder();
    const ours = recorder();
    {
      await using pair = await servicePair({
        services: [rooms()],
        log: theirs.log,
        client: { log: ours.log },
      });
      const remote = pair.client.client(Rooms);
      await remote.echo({ text: "" });
      await expect(remote.fail({ text: "" })).rejects.toThrow("internal error");
      for await (const _ of remote.count({ text: "" })) break;
    }
    const idsOf = (records: readonly LogRecord[]) =>
      records
        .filter(({ msg, logger }) => logger === "aster.rpc" && msg.startsWith("call "))
        .map(({ method, request_id }) => [method, request_id]);
    expect(idsOf(ours.records)).toHaveLength(3);
    expect(idsOf(theirs.records)).toEqual(idsOf(ours.records));
    expect(ours.records).toMatchObject([
      { level: "info", logger: "aster.client", msg: "connected" },
      { level: "debug", msg: "call ended", method: "echo", status_code: 0 },
      { level: "warning", msg: "call failed", method: "fail", status_code: 2 },
      { level: "debug", msg: "call failed", method: "count", status_code: 1 },
      { level: "info", msg: "client closed" },
    ]);
  });

  test("logs a lost connection and the next one", async () => {
    const { records, log } = recorder();
    const network = memoryNetwork();
    await using there = await network.createNode();
    await using here = await network.createNode();
    const services = [rooms()];
    const server = await AsterServer.start({ services, node: there });
    await using client = await AsterClient.connect(there.address(), {
      node: here,
      log,
      reconnect: { initialBackoffMs: 1 },
    });
    await server.close({ graceMs: 0 });
    await using _next = await AsterServer.start({ services: [rooms()], node: there });
    await client.client(Rooms).echo({ text: "" });
    const levels = records.map(({ level, msg }) => `${level} ${msg}`);
    expect(levels).toEqual([
      "info connected",
      "warning connection lost",
      "debug connecting",
      "info connected again",
      "debug call ended",
    ]);
  });
});

describe("the id of a call", () => {
  test("is the same in the context, in currentCall() and in the records", async () => {
    const { records, log } = recorder();
    await using pair = await servicePair({ services: [rooms()], log });
    const { text } = await pair.client.client(Rooms).requestId({ text: "" });
    const [first, second] = text.split(" ");
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(second).toBe(first);
    expect(records.at(-1)).toMatchObject({ method: "requestId", request_id: first });
  });

  test("comes from a client with a log, also in sessions", async () => {
    const { records, log } = recorder();
    const chat = implement(Chat, () => ({
      requestId: (_: unknown, context: { readonly requestId: string }) => ({
        text: context.requestId,
      }),
    }));
    await using pair = await servicePair({ services: [chat], client: { log } });
    await using session = await pair.client.session(Chat);
    const { text } = await session.requestId({ text: "" });
    expect(records.at(-1)).toMatchObject({ method: "requestId", request_id: text });
  });

  test("differs from call to call, without a log too", async () => {
    const server = new Server({ services: [rooms()] });
    const remote = createLocalClient(Rooms, server);
    const seen = new Set<string>();
    for (let index = 0; index < 3; index++) seen.add((await remote.requestId({ text: "" })).text);
    expect(seen.size).toBe(3);
    server.close();
  });
});
