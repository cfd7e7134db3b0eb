// The tools that `aster mcp` offers, with the client of the official SDK.
import { readFile, stat } from "node:fs/promises";
import { type AsterServer, implement } from "@aster/rpc";
import { anyOf, defineService, serverStream, unary, wireType } from "@aster/rpc/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Agent, startAgent } from "./support/agent.ts";
import { emptyPlace, type Place } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

let place: Place;
let server: AsterServer;
let agent: Agent;
beforeAll(async () => {
  place = await emptyPlace();
  server = await startExamples();
  agent = await startAgent(place, [server.address]);
}, 120_000);
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await server.close();
  await place[Symbol.asyncDispose]();
});

const namesOf = async ({ client }: Agent): Promise<string[]> =>
  (await client.listTools()).tools.map(({ name }) => name).toSorted();

test("every method is a tool with the schemas of its contract", async () => {
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name }) => name).toSorted()).toEqual([
    ...["Counter_add", "Counter_close", "Counter_each", "Counter_open", "Counter_sum"],
    ...["Greeter_add", "Greeter_countdown", "Greeter_greetAll", "Greeter_sayHello"],
  ]);
  const tool = (name: string) => tools.find((each) => each.name === name);
  expect(tool("Greeter_sayHello")).toMatchObject({
    annotations: { title: "Greeter.sayHello", idempotentHint: true },
    inputSchema: { type: "object", properties: { name: { type: "string", default: "World" } } },
    outputSchema: { required: ["message", "letter_count"] },
  });
  expect(tool("Greeter_countdown")?.inputSchema).toMatchObject({
    properties: { start: { type: "integer" }, max_items: { default: 100 }, max_seconds: {} },
    required: ["start"],
  });
  expect(tool("Counter_sum")?.inputSchema).toMatchObject({ required: ["items", "session_id"] });
});

test("a unary tool returns the reply as text and as structured content", async () => {
  const { content, structuredContent, isError } = await agent.client.callTool({
    name: "Greeter_sayHello",
    arguments: { name: "Ada" },
  });
  expect(isError).toBeFalsy();
  expect(content).toEqual([{ type: "text", text: '{"message":"Hello, Ada!","letter_count":3}' }]);
  expect(structuredContent).toEqual({ message: "Hello, Ada!", letter_count: 3 });
});

test("a stream of requests is a list", async () => {
  expect(await agent.call("Greeter_add", { items: [{ left: 1 }, { left: 4 }] })).toEqual({
    steps: 5,
  });
  expect(await agent.call("Greeter_greetAll", { items: [{ name: "A" }, {}] })).toMatchObject([
    { letter_count: 1 },
    { letter_count: 5 },
  ]);
});

test("a stream of replies is a list that max_items and max_seconds bound", async () => {
  expect(await agent.call("Greeter_countdown", { start: 1 })).toEqual([{ left: 1 }, { left: 0 }]);
  const long = await agent.call("Greeter_countdown", { start: 5000 });
  expect(long).toHaveLength(100);
  const cut = await agent.client.callTool({
    name: "Greeter_countdown",
    arguments: { start: 5000, max_items: 3 },
  });
  expect(cut.structuredContent).toEqual({
    items: [{ left: 5000 }, { left: 4999 }, { left: 4998 }],
    ended: "max_items",
  });
  // endless: a reply each 10 ms
  const slow = await agent.client.callTool({
    name: "Greeter_countdown",
    arguments: { start: 2_000_000, max_items: 10_000, max_seconds: 0.3 },
  });
  expect(slow.structuredContent).toMatchObject({ ended: "max_seconds" });
  expect(await agent.call("Greeter_countdown", { start: 1, max_items: 0 })).toMatchObject({
    error: { reason: "request.invalid" },
  });
});

test("an error of a call is the result of the tool", async () => {
  const { content, isError } = await agent.client.callTool({
    name: "Greeter_sayHello",
    arguments: { name: "ghost" },
  });
  expect(isError).toBe(true);
  const [first] = content as { text: string }[];
  expect(JSON.parse(first?.text ?? "")).toMatchObject({
    error: { status: "FAILED_PRECONDITION", declared: { type: "greeter/Unknown" } },
  });
  expect(await agent.call("Greeter_sayHello", { nam: "Ada" })).toMatchObject({
    error: { code: 3, reason: "request.invalid" },
  });
});

test("sessions keep their state apart until they are closed", async () => {
  const open = async () => (await agent.call("Counter_open")) as { session_id: string };
  const [first, second] = [await open(), await open()];
  expect(await agent.call("Counter_add", { ...first, left: 2 })).toEqual({ steps: 2 });
  expect(await agent.call("Counter_add", { ...second, left: 1 })).toEqual({ steps: 1 });
  expect(await agent.call("Counter_sum", { ...first, items: [{ left: 3 }] })).toEqual({ steps: 5 });
  expect(await agent.call("Counter_each", { ...first, items: [{ left: 1 }, { left: 1 }] })).toEqual(
    [{ steps: 6 }, { steps: 7 }],
  );
  expect(await agent.call("Counter_add", { ...first, left: -1 })).toMatchObject({
    error: { status: "OUT_OF_RANGE" },
  });
  expect(await agent.call("Counter_add", { ...first, left: 1 })).toEqual({ steps: 8 });
  expect(await agent.call("Counter_close", first)).toEqual(first);
  expect(await agent.call("Counter_add", { ...first, left: 1 })).toMatchObject({
    error: { reason: "session.missing" },
  });
  expect(await agent.call("Counter_add", { left: 1 })).toMatchObject({
    error: { reason: "session.missing" },
  });
});

test("an unknown tool is an error of the protocol", async () => {
  await expect(agent.client.callTool({ name: "Greeter_none", arguments: {} })).rejects.toThrow(
    /Greeter_none/,
  );
});

test("globs choose the tools, a rate bounds them, and an audit has no messages", async () => {
  await using few = await startAgent(place, [
    ...[server.address, "--allow", "Greeter.*", "--deny", "Greeter.{add,greetAll}"],
    ...["--rate", "2", "--audit", "audit.jsonl"],
  ]);
  expect(await namesOf(few)).toEqual(["Greeter_countdown", "Greeter_sayHello"]);
  await expect(few.client.callTool({ name: "Greeter_add", arguments: {} })).rejects.toThrow();
  await few.call("Greeter_sayHello", { name: "private-name" });
  await few.call("Greeter_sayHello", { name: "ghost" });
  expect(await few.call("Greeter_sayHello")).toMatchObject({ error: { status: "RATE_LIMITED" } });
  // the other tool has its own
  expect(await few.call("Greeter_countdown", { start: 0 })).toEqual([{ left: 0 }]);
  await few.client.close();
  const file = place.file("audit.jsonl");
  const written = () => readFile(file, "utf8");
  await expect.poll(written, { timeout: 20_000 }).toMatch(/countdown/);
  const lines = (await written()).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { tool: "Greeter_sayHello", method: "Greeter.sayHello", status: "OK", replies: 1 },
    { tool: "Greeter_sayHello", status: "FAILED_PRECONDITION" },
    { tool: "Greeter_sayHello", status: "RATE_LIMITED" },
    { tool: "Greeter_countdown", status: "OK" },
  ]);
  expect(lines.join()).not.toContain("private-name");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
}, 120_000);

test.each([{ modern: false }, { modern: true }])(
  "--confirm asks the user and runs what was confirmed, %o",
  async ({ modern }) => {
    const asked: string[] = [];
    let answer: "accept" | "decline" = "accept";
    const user = (message: string) => {
      asked.push(message);
      return answer;
    };
    const args = [server.address, "--confirm", "Greeter.say*"];
    await using careful = await startAgent(place, args, { user, modern });
    expect(await careful.call("Greeter_sayHello", { name: "Ada" })).toMatchObject({
      message: "Hello, Ada!",
    });
    expect(asked).toEqual([expect.stringMatching(/Greeter\.sayHello[\s\S]*Ada/)]);
    answer = "decline";
    expect(await careful.call("Greeter_sayHello", { name: "Bo" })).toMatchObject({
      error: { status: "DECLINED" },
    });
    expect(await careful.call("Greeter_countdown", { start: 0 })).toEqual([{ left: 0 }]);
    expect(asked).toHaveLength(2);
  },
  120_000,
);

test.each([{ modern: false }, { modern: true }])(
  "--confirm refuses calls of a client that cannot ask, %o",
  async ({ modern }) => {
    const args = [server.address, "--confirm", "Greeter.*"];
    await using careful = await startAgent(place, args, { modern });
    expect(await careful.call("Greeter_sayHello")).toMatchObject({
      error: { status: "UNCONFIRMED" },
    });
  },
  120_000,
);

const Empty = wireType("mcp/Empty", { max_items: z.int().default(0) }, { naming: "as-written" });
const Large = wireType("mcp/Large", { value: z.int64() });
const Vault = defineService(
  "Vault",
  { version: 1 },
  {
    read: unary(Empty, Large, { requires: "reader" }),
    watch: serverStream(Empty, Large, { requires: anyOf("reader", "admin") }),
    erase: unary(Empty, Large, { requires: "admin" }),
    ping: unary(Empty, Large),
  },
);
const value = 9_007_199_254_740_993n;
const vault = implement(Vault, {
  read: () => ({ value }),
  async *watch({ max_items }) {
    for (let count = 0; count < max_items; count++) yield { value };
  },
  erase: () => ({ value }),
  ping: () => ({ value }),
});

test("the tools are the methods that the credential may call", async () => {
  await using closed = await emptyPlace();
  const key = await closed.aster("trust keygen --out-key root.key --json");
  const { publicKey } = key.json<{ publicKey: string }>();
  await using guarded = await startExamples({ services: [vault], rootPubkey: publicKey });
  for (const role of ["reader", "admin", "other"]) {
    await closed.aster(
      `enroll node --role consumer --name ${role} --capabilities ${role} --root-key root.key --out ${role}.id`,
    );
  }
  const toolsOf = async (role: string): Promise<string[]> => {
    await using each = await startAgent(closed, [guarded.address, "--identity", `${role}.id`]);
    return await namesOf(each);
  };
  expect(await toolsOf("admin")).toEqual(["Vault_erase", "Vault_ping", "Vault_watch"]);
  expect(await toolsOf("other")).toEqual(["Vault_ping"]);
  await using reader = await startAgent(closed, [guarded.address, "--identity", "reader.id"]);
  expect(await namesOf(reader)).toEqual(["Vault_ping", "Vault_read", "Vault_watch"]);
  // integers beyond 2^53 keep their digits
  const { content } = await reader.client.callTool({ name: "Vault_read", arguments: {} });
  expect(content).toEqual([{ type: "text", text: `{"value":${value}}` }]);
  // a field of the request keeps its name
  const cut = await reader.client.callTool({
    name: "Vault_watch",
    arguments: { max_items: 3, _max_items: 2 },
  });
  expect(cut.structuredContent).toMatchObject({ ended: "max_items" });
}, 120_000);

test.each([
  ["--rate 0", /--rate/],
  ["--port 80", /--http/],
  ["--http --port x", /--port/],
])("%s is a usage error", async (more, message) => {
  const args = ["mcp", server.address, ...more.split(" "), "--json"];
  const { code, json } = await place.aster(args);
  expect([code, json()]).toMatchObject([2, { error: { message: expect.stringMatching(message) } }]);
});

test("a peer that denies the admission ends the command with 3", async () => {
  await using closed = await emptyPlace();
  const key = await closed.aster("trust keygen --out-key root.key --json");
  const { publicKey } = key.json<{ publicKey: string }>();
  await using guarded = await startExamples({ rootPubkey: publicKey });
  expect((await closed.aster(["mcp", guarded.address])).code).toBe(3);
});
