import {
  type AdmissionGate,
  AsterClient,
  AsterServer,
  allOf,
  anyOf,
  type CallContext,
  contractIdOf,
  createLocalClient,
  defineService,
  implement,
  openGate,
  type ProxyMethod,
  type RpcError,
  rpc,
  type ServiceProxy,
  StatusCode,
  serverStream,
  service,
  unary,
} from "@aster/rpc";
import { Server, type ServerOptions } from "@aster/rpc/server";
import { memoryNetwork } from "@aster/transport";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { pairs } from "../support/pairs.ts";
import { Item, Journal, Probe, probe, Text } from "../support/probe.ts";

/** A server and its clients, in memory. */
async function house(options: ServerOptions & { gate?: AdmissionGate }) {
  const network = memoryNetwork();
  const there = await network.createNode();
  const server = await AsterServer.start({ gate: openGate(), ...options, node: there });
  const clients: AsterClient[] = [];
  return {
    server,
    async connect(settings: { credential?: string } = {}) {
      const client = await AsterClient.connect(server.address, {
        ...settings,
        node: await network.createNode(),
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) {
        await client.close();
        await client.node.close();
      }
      await server.close({ graceMs: 500 });
      await there.close();
    },
  };
}

/** The error of a call, or the code OK for one that succeeded. */
const error = async (
  work: Promise<unknown>,
): Promise<Pick<RpcError, "code" | "message" | "rawMessage" | "details">> =>
  work.then(
    () => ({ code: StatusCode.OK, message: "", rawMessage: "", details: {} }),
    (reason) => reason,
  );

/** A client without a definition knows no method, so it may lack any, as far as types go. */
const call = (remote: ServiceProxy, method: string): ProxyMethod => remote[method] as ProxyMethod;

describe("contracts", () => {
  const Other = defineService("Probe", {}, { echo: unary(Item, Text) });

  test("refuses a peer with another contract before any call, and names both ids", async () => {
    await using at = await house({ services: [probe()] });
    const client = await at.connect();
    expect(() => client.client(Other, { checkContract: "equal" })).toThrow(
      expect.objectContaining({
        code: StatusCode.FAILED_PRECONDITION,
        message: expect.stringContaining(contractIdOf(Other)),
        details: {
          reason: "contract.mismatch",
          ours: contractIdOf(Other),
          theirs: contractIdOf(Probe),
        },
      }),
    );
    expect(at.server.stats().callsTotal).toBe(0);
  });

  test("calls a peer with another contract with checkContract: false", async () => {
    await using at = await house({ services: [probe()] });
    const client = (await at.connect()).client(Other, { checkContract: false });
    expect((await error(client.echo({ n: 1 }))).code).toBe(StatusCode.CONTRACT_VIOLATION);
  });

  test("names a service that is not offered and lists the offered ones", async () => {
    await using at = await house({ services: [probe()] });
    const client = await at.connect();
    const Missing = defineService("Missing", {}, { echo: unary(Text, Text) });
    expect(() => client.client(Missing)).toThrow(/Missing v1; it offers Probe v1/);
    const Later = defineService("Probe", { version: 2 }, { echo: unary(Text, Text) });
    expect(() => client.client(Later)).toThrow(/Probe v2; it offers Probe v1/);
  });

  test("shows the contract ids on the server and the client", async () => {
    await using at = await house({ services: [probe()] });
    const client = await at.connect();
    expect(at.server.contracts).toEqual({ Probe: contractIdOf(Probe) });
    expect(client.services).toMatchObject([
      {
        name: "Probe",
        version: 1,
        contractId: contractIdOf(Probe),
        serializationModes: ["xlang", "xlang1"],
      },
    ]);
    expect(client.peer).toBe(at.server.endpointId);
  });

  test("treats two versions of a service as two services", async () => {
    const versioned = (version: number) => {
      const definition = defineService("Which", { version }, { which: unary(Text, Text) });
      const served = implement(definition, { which: () => ({ text: `v${version}` }) });
      return { definition, served };
    };
    const [one, two, three] = [versioned(1), versioned(2), versioned(3)];
    await using at = await house({ services: [one.served, two.served] });
    const client = await at.connect();
    expect((await client.client(one.definition).which({})).text).toBe("v1");
    expect((await client.client(two.definition).which({})).text).toBe("v2");
    expect(() => client.client(three.definition)).toThrow(/offers Which v1, Which v2/);
    expect(await call(client.proxy("Which"), "which")()).toEqual({ text: "v2" });
    expect(() => new Server({ services: [one.served, one.served] })).toThrow(/listed twice/);
  });

  test("finds the only version of a service for a client that sends version 1", async () => {
    const Second = defineService("Second", { version: 2 }, { which: unary(Text, Text) });
    const First = defineService("Second", { version: 1 }, { which: unary(Text, Text) });
    const served = implement(Second, { which: () => ({ text: "v2" }) });
    for (const pair of pairs.slice(0, 1)) {
      await using opened = await pair.open({ services: [served] });
      expect((await opened.client(First).which({})).text).toBe("v2");
    }
  });
});

describe("the JSON proxy", () => {
  test("calls all four patterns by their wire names", async () => {
    await using at = await house({ services: [probe()] });
    const remote = (await at.connect()).proxy("Probe");
    expect(await call(remote, "echo")({ text: "x" })).toEqual({ text: "x" });
    const items: unknown[] = [];
    for await (const item of call(remote, "count").stream({ n: 2 })) items.push(item);
    expect(items).toEqual([
      { n: 0, payload: "" },
      { n: 1, payload: "" },
    ]);
    expect(await call(remote, "sum").clientStream([{ n: 1 }, { n: 2 }])).toEqual({
      total: 3,
      items: 2,
    });
    const replies: unknown[] = [];
    for await (const reply of call(remote, "chat").bidi([{ text: "a" }])) replies.push(reply);
    expect(replies).toEqual([{ text: "a" }]);
  });

  test("sends any method name unchanged, and is not a promise", async () => {
    await using at = await house({ services: [probe()] });
    const client = await at.connect();
    const remote = client.proxy("Probe");
    expect(await Promise.resolve(remote)).toBe(remote);
    expect((await error(call(remote, "nothing")())).code).toBe(StatusCode.UNIMPLEMENTED);
    const unknown = client.proxy("Unknown");
    expect((await error(call(unknown, "x")())).code).toBe(StatusCode.NOT_FOUND);
  });

  test("keeps integers exact", async () => {
    const Big = defineService(
      "Big",
      {},
      { next: unary({ value: z.int64() }, { value: z.int64() }) },
    );
    const big = implement(Big, { next: ({ value }) => ({ value: value + 1n }) });
    await using at = await house({ services: [big] });
    const remote = (await at.connect()).proxy("Big");
    const value = 2n ** 60n;
    expect(await call(remote, "next")({ value })).toEqual({ value: value + 1n });
    expect(await call(remote, "next")({ value: 1 })).toEqual({ value: 2 });
  });

  test("takes interceptors, timeouts and metadata like a typed client", async () => {
    await using at = await house({ services: [probe()] });
    const remote = (await at.connect()).proxy("Probe", { timeoutMs: 50 });
    expect((await error(call(remote, "sleep")({ n: 5000 }))).code).toBe(
      StatusCode.DEADLINE_EXCEEDED,
    );
    const { text } = (await call(remote, "context")({}, { metadata: { a: "b" } })) as {
      text: string;
    };
    expect(JSON.parse(text).metadata).toEqual([["a", "b"]]);
  });
});

describe("gates and requirements", () => {
  const gate: AdmissionGate = {
    open: false,
    admit: ({ credentialJson }) =>
      credentialJson.startsWith("role:")
        ? { admitted: true, attributes: { "aster.role": credentialJson.slice(5), name: "ada" } }
        : { admitted: false, reason: "no role" },
  };
  const Guarded = defineService(
    "Guarded",
    { requires: "user" },
    {
      any: unary(Text, Text),
      admin: unary(Text, Text, { requires: "admin" }),
      either: serverStream(Text, Text, { requires: anyOf("admin", "auditor") }),
      both: unary(Text, Text, { requires: allOf("admin", "auditor") }),
    },
  );
  let handled = 0;
  const reply = (_: unknown, context: CallContext) => {
    handled += 1;
    return { text: `${context.attributes.get("name")}: ${[...context.roles].join(" ")}` };
  };
  const guarded = implement(Guarded, {
    any: reply,
    admin: reply,
    async *either(_, context) {
      yield reply(_, context);
    },
    both: reply,
  });

  test("refuses peers that are not admitted", async () => {
    await using at = await house({ services: [guarded], gate });
    expect((await error(at.connect())).code).toBe(StatusCode.UNAUTHENTICATED);
    expect((await error(at.connect({ credential: "nonsense" }))).code).toBe(
      StatusCode.UNAUTHENTICATED,
    );
  });

  test.each([
    ["user", ["any"]],
    ["admin", []],
    ["user, admin", ["any", "admin", "either"]],
    ["user,auditor", ["any", "either"]],
    ["user,admin,auditor", ["any", "admin", "either", "both"]],
    ["User,ADMIN", []],
  ])("roles %j may call %j", async (roles, allowed) => {
    await using at = await house({ services: [guarded], gate });
    const client = (await at.connect({ credential: `role:${roles}` })).client(Guarded);
    const calls = {
      any: () => client.any({}),
      admin: () => client.admin({}),
      either: () => client.either({}).next(),
      both: () => client.both({}),
    };
    for (const [name, call] of Object.entries(calls)) {
      handled = 0;
      const { code } = await error(call());
      const may = (allowed as string[]).includes(name);
      expect([name, code]).toEqual([name, may ? StatusCode.OK : StatusCode.PERMISSION_DENIED]);
      expect(handled).toBe(may ? 1 : 0);
    }
  });

  test("refuses the next call after an admission has expired, on the same connection", async () => {
    const short: AdmissionGate = {
      open: false,
      admit: () => ({
        admitted: true,
        attributes: { "aster.role": "user" },
        expiresAtMs: Date.now() + 150,
      }),
    };
    await using at = await house({ services: [guarded], gate: short });
    const client = (await at.connect()).client(Guarded);
    expect((await error(client.any({}))).code).toBe(StatusCode.OK);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await error(client.any({}))).code).toBe(StatusCode.UNAUTHENTICATED);
  });

  test("gives handlers the attributes and roles of the peer", async () => {
    await using at = await house({ services: [guarded], gate });
    const client = await at.connect({ credential: "role:user,admin" });
    expect((await client.client(Guarded).any({})).text).toBe("ada: user admin");
    expect(client.attributes).toMatchObject({ name: "ada" });
  });

  test("gives no peer a role without a peer store", async () => {
    for (const pair of pairs.slice(0, 1)) {
      await using opened = await pair.open({ services: [guarded] });
      expect((await error(opened.client(Guarded).any({}))).code).toBe(StatusCode.PERMISSION_DENIED);
    }
  });

  test("warns about the default open gate, and refuses it in production", async () => {
    const node = await memoryNetwork().createNode();
    vi.stubEnv("NODE_ENV", "production");
    try {
      const refused = await error(AsterServer.start({ services: [probe()], node }));
      expect(refused).toMatchObject({ code: StatusCode.FAILED_PRECONDITION });
      expect(refused.message).toContain("openGate({ production: true })");
      const gate = openGate({ production: true });
      await using _ = await AsterServer.start({ services: [probe()], node, gate });
    } finally {
      vi.unstubAllEnvs();
      await node.close();
    }
  });
});

describe("a server that closes", () => {
  test("lets calls finish and refuses new ones", async () => {
    const journal = new Journal();
    await using at = await house({ services: [probe(journal)] });
    const client = (await at.connect()).client(Probe);
    const running = client.sleep({ n: 150 });
    await journal.wrote("sleep began");
    const drained = at.server.drain();
    const refused = await error(client.echo({}, { retry: false }));
    expect(refused).toMatchObject({
      code: StatusCode.UNAVAILABLE,
      details: { reason: "draining" },
    });
    expect(await running).toMatchObject({ n: 150 });
    expect(await drained).toBe(true);
  });

  test("waits for graceMs and then ends the running calls", async () => {
    const journal = new Journal();
    await using at = await house({ services: [probe(journal)] });
    const client = (await at.connect()).client(Probe);
    const running = error(client.sleep({ n: 60_000 }));
    await journal.wrote("sleep began");
    const served = at.server.serve();
    await Promise.all([at.server.close({ graceMs: 50 }), at.server.close()]);
    expect((await running).code).toBe(StatusCode.UNAVAILABLE);
    await journal.wrote("sleep over");
    await served;
    expect((await error(client.echo({}))).code).toBe(StatusCode.UNAVAILABLE);
  });

  test("ends local calls too", async () => {
    const journal = new Journal();
    await using at = await house({ services: [probe(journal)] });
    const client = createLocalClient(Probe, at.server);
    const running = error(client.sleep({ n: 5000 }));
    await journal.wrote("sleep began");
    await at.server.close({ graceMs: 20 });
    expect((await running).code).toBe(StatusCode.UNAVAILABLE);
    await journal.wrote("sleep over");
  });

  test("leaves no resources behind", async () => {
    await using at = await house({ services: [probe()] });
    const connected = await at.connect();
    const client = connected.client(Probe);
    const before = at.server.stats();
    await Promise.all(Array.from({ length: 50 }, () => client.echo({})));
    for await (const _ of client.count({ n: 100 }));
    await error(client.fail({ code: 5, message: "", after: 0 }));
    await expect
      .poll(() => at.server.stats())
      .toEqual({
        ...before,
        callsTotal: 52,
        callsSucceeded: 51,
        callsFailed: 1,
        streamsTotal: 52,
      });
    expect(connected.node.stats().channels).toBe(0);
  });
});

test("serves a decorated class, and makes a client from it", async () => {
  @service("Bank")
  class Bank {
    #balance = 10;

    @rpc(Item, Item)
    async add({ n }: { n: number }): Promise<{ n: number }> {
      this.#balance += n;
      return { n: this.#balance };
    }

    @serverStream(Item, Item)
    async *history({ n }: { n: number }): AsyncGenerator<{ n: number }> {
      for (let entry = 0; entry < n; entry++) yield { n: this.#balance };
    }
  }
  await using at = await house({ services: [new Bank()] });
  const bank = (await at.connect()).client(Bank);
  expect((await bank.add({ n: 5 })).n).toBe(15);
  const seen: number[] = [];
  for await (const { n } of bank.history({ n: 2 })) seen.push(n);
  expect(seen).toEqual([15, 15]);
});

test("refuses services that cannot be hosted in the constructor of Server", () => {
  const Session = defineService("Session", { scoped: "session" }, { echo: unary(Text, Text) });
  const session = implement(Session, { echo: ({ text }: { text: string }) => ({ text }) } as never);
  expect(() => new Server({ services: [session] })).toThrow(/Session is session-scoped/);
  const lacking = implement(Probe, {} as never);
  expect(() => new Server({ services: [lacking] })).toThrow(/Probe.echo has no handler/);
  expect(() => new Server({ services: [{}] })).toThrow(/is not a service/);
});
