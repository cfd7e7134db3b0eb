import { setTimeout as sleep } from "node:timers/promises";
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyPlace, type Ran, type RunOptions } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples();
});
afterAll(() => server.close());

async function call(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  await using place = await emptyPlace();
  return await place.aster(["call", server.address, ...args], options);
}

const modes = ["json", "xlang", "xlang1"];

test.each(modes)("a unary call in mode %s", async (mode) => {
  const args = ["Greeter.sayHello", '{"name":"Ada"}', "--mode", mode, "--json"];
  const { code, stdout } = await call(args);
  expect([code, stdout]).toEqual([0, '{"message":"Hello, Ada!","letter_count":3}\n']);
});

test("defaults of the contract complete a request", async () => {
  const { stdout } = await call(["Greeter.sayHello"]);
  expect(stdout).toBe('{\n  "message": "Hello, World!",\n  "letter_count": 5\n}\n');
});

test("the request of a unary call can come from stdin", async () => {
  const { json } = await call(["Greeter.sayHello", "-", "--json"], { input: '{"name":"Bo"}\n' });
  expect(json()).toMatchObject({ letter_count: 2 });
});

test.each(modes)("streams in mode %s print a reply a line", async (mode) => {
  const more = ["--mode", mode, "--json"];
  const down = await call(["Greeter.countdown", '{"start":2}', ...more]);
  expect(down.lines()).toEqual([{ left: 2 }, { left: 1 }, { left: 0 }]);
  const sum = await call(["Greeter.add", "-", ...more], { input: '{"left":1}\n\n{"left":2}' });
  expect(sum.lines()).toEqual([{ steps: 3 }]);
  const all = await call(["Greeter.greetAll", "-", ...more], { input: '{"name":"A"}\n{}\n' });
  expect(all.lines()).toEqual([
    { message: "Hello, A!", letter_count: 1 },
    { message: "Hello, World!", letter_count: 5 },
  ]);
});

test("streams of requests also take a list", async () => {
  const { json } = await call(["Greeter.add", '[{"left":1},{"left":4}]', "--json"]);
  expect(json()).toEqual({ steps: 5 });
});

test("replies are printed while requests are still sent", async () => {
  let answered = (): void => {};
  const first = new Promise<void>((resolve) => {
    answered = resolve;
  });
  async function* input() {
    yield '{"name":"A"}\n';
    await Promise.race([first, sleep(15_000)]);
    yield '{"name":"B"}\n';
  }
  await using place = await emptyPlace();
  const args = ["call", server.address, "Greeter.greetAll", "-", "--json"];
  const { lines } = await place.aster(args, { input: input(), onOutput: answered });
  expect(lines().map((line) => line.letter_count)).toEqual([1, 1]);
});

test("metadata reach the handler", async () => {
  const args = ["Greeter.sayHello", '{"name":"metadata"}', "--metadata", "who=Eve", "--json"];
  expect((await call(args)).json()).toMatchObject({ message: "Hello, Eve!" });
});

test("a declared error has its data", async () => {
  const { code, json } = await call(["Greeter.sayHello", '{"name":"ghost"}', "--json"]);
  expect(code).toBe(1);
  expect(json()).toMatchObject({
    error: {
      code: 9,
      status: "FAILED_PRECONDITION",
      declared: { type: "greeter/Unknown", data: { name: "ghost" } },
    },
  });
  const text = await call(["Greeter.sayHello", '{"name":"ghost"}']);
  expect(text.stderr).toMatch(/FAILED_PRECONDITION: .*greeter\/Unknown \{"name":"ghost"\}/);
  expect(text.stdout).toBe("");
});

test("the status of a failed call is printed", async () => {
  const { code, stderr } = await call(["Greeter.sayHello", '{"name":"late"}']);
  expect([code, stderr]).toEqual([1, "aster: RESOURCE_EXHAUSTED: come back later\n"]);
});

test.each([
  ["Greter.sayHello", "NOT_FOUND", "did you mean Greeter?"],
  ["Greeter.sayHelo", "UNIMPLEMENTED", "did you mean sayHello?"],
  ["Counter.add", "FAILED_PRECONDITION", "--session"],
])("%s ends with %s and a suggestion", async (target, status, hint) => {
  const { code, json } = await call([target, "{}", "--json"]);
  expect(code).toBe(1);
  expect(json()).toMatchObject({ error: { status, hint: expect.stringContaining(hint) } });
});

test.each([
  ["an unknown field", ["Greeter.sayHello", '{"nam":"Ada"}'], /nam/],
  ["a wrong type", ["Greeter.countdown", '{"start":"x"}'], /start/],
  ["a missing field", ["Greeter.countdown", "{}"], /start/],
  ["a wrong item of a stream", ["Greeter.add", '[{"left":1},{"left":"x"}]'], /left/],
  ["a text that is not JSON", ["Greeter.sayHello", "{name"], /not JSON/],
  ["a target without a method", ["Greeter"], /SERVICE\.METHOD/],
  ["a metadata without a value", ["Greeter.sayHello", "--metadata", "a"], /name=value/],
])("%s is a usage error", async (_, args, message) => {
  const { code, json } = await call([...args, "--json"]);
  expect([code, json()]).toMatchObject([
    2,
    { error: { code: 3, message: expect.stringMatching(message) } },
  ]);
});

test("a line of stdin that is not JSON is a usage error", async () => {
  const { code, json } = await call(["Greeter.add", "-", "--json"], { input: '{"left":1}\n{' });
  expect([code, json()]).toMatchObject([2, { error: { reason: "json.malformed" } }]);
});

test("a session runs calls of all patterns and goes on after an error", async () => {
  const input = [
    { method: "add", request: { left: 2 } },
    { method: "add", request: { left: -1 } },
    { method: "sum", request: [{ left: 1 }, { left: 1 }] },
    { method: "each" },
    { item: { left: 3 } },
    { item: { left: 5 } },
    { end: true },
    { method: "none" },
    { method: "add", request: { wrong: 1 } },
    { method: "add", request: { left: 1 } },
  ];
  const text = input.map((line) => `${JSON.stringify(line)}\n`).join("");
  const { code, lines } = await call(["Counter", "--session", "--json"], { input: text });
  expect(code).toBe(1);
  expect(lines()).toMatchObject([
    { steps: 2 },
    { error: { status: "OUT_OF_RANGE" } },
    { steps: 4 },
    { steps: 7 },
    { steps: 12 },
    { error: { status: "UNIMPLEMENTED" } },
    { error: { reason: "request.invalid" } },
    { steps: 13 },
  ]);
});

test("items of a session are answered before the next one is sent", async () => {
  const seen: string[] = [];
  let wake = (): void => {};
  async function* input() {
    yield '{"method":"each"}\n';
    for (let count = 1; count <= 2; count++) {
      yield '{"item":{"left":1}}\n';
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    yield '{"end":true}\n';
  }
  await using place = await emptyPlace();
  const args = ["call", server.address, "Counter", "--session", "--json"];
  const onOutput = (text: string): void => {
    seen.push(text);
    wake();
  };
  const { code, lines } = await place.aster(args, { input: input(), onOutput });
  expect([code, lines()]).toEqual([0, [{ steps: 1 }, { steps: 2 }]]);
});

test("an interrupted stream ends the call and the command with 130", async () => {
  const interruption = new AbortController();
  const { code } = await call(["Greeter.countdown", '{"start":1000100}', "--json"], {
    interrupted: interruption.signal,
    onOutput: () => interruption.abort(),
  });
  expect(code).toBe(130);
});

test("a peer that is not there is no connection", async () => {
  await using place = await emptyPlace();
  const gone = await startExamples();
  const { address } = gone;
  await gone.close();
  const args = ["call", address, "Greeter.sayHello", "--timeout", "0.5", "--json"];
  const { code, json } = await place.aster(args);
  expect([code, json()]).toMatchObject([4, { error: { code: expect.any(Number) } }]);
  expect(json<{ error: { hint: string } }>().error.hint).not.toBe("");
});

test("an address that cannot be read is a usage error", async () => {
  await using place = await emptyPlace();
  const { code, json } = await place.aster("call nonsense Greeter.sayHello --json");
  expect([code, json()]).toMatchObject([2, { error: { reason: "transport.address" } }]);
});

test("a server that denies the admission ends with 3; a credential opens it", async () => {
  await using place = await emptyPlace();
  const key = await place.aster("trust keygen --out-key root.key --json");
  const { publicKey } = key.json<{ publicKey: string }>();
  await using closed = await startExamples({ rootPubkey: publicKey });
  const args = ["call", closed.address, "Greeter.sayHello", "--json"];
  const denied = await place.aster(args);
  expect([denied.code, denied.json()]).toMatchObject([
    3,
    { error: { reason: "admission.denied" } },
  ]);
  await place.aster("enroll node --role consumer --name a --root-key root.key --out node.id");
  for (const option of ["--identity", "--credential", "--rcan"]) {
    expect((await place.aster([...args, option, "node.id"])).code).toBe(0);
  }
  await place.aster("trust sign --root-key root.key --out any.cred");
  expect((await place.aster([...args, "--credential", "any.cred"])).code).toBe(0);
  const bound = await place.aster(
    `trust sign --root-key root.key --endpoint-id ${"d7".repeat(32)} --out bound.cred`,
  );
  expect(bound.code).toBe(0);
  expect((await place.aster([...args, "--credential", "bound.cred"])).code).toBe(2);
});

test("service ls and describe list what the peer offers", async () => {
  await using place = await emptyPlace();
  const { services } = (await place.aster(["service", "ls", server.address, "--json"])).json<{
    services: { name: string }[];
  }>();
  expect(services.find(({ name }) => name === "Greeter")).toMatchObject({
    version: 1,
    contractId: expect.stringMatching(/^[0-9a-f]{64}$/),
    scoped: "shared",
    methods: [
      { name: "add", pattern: "client_stream" },
      { name: "countdown", pattern: "server_stream" },
      { name: "greetAll", pattern: "bidi_stream" },
      { name: "sayHello", pattern: "unary" },
    ],
  });
  const described = await place.aster(["service", "describe", server.address, "Counter", "--json"]);
  expect(described.json()).toMatchObject({ name: "Counter", scoped: "session" });
  const unknown = await place.aster(["service", "describe", server.address, "Count", "--json"]);
  expect([unknown.code, unknown.json()]).toMatchObject([
    1,
    { error: { status: "NOT_FOUND", hint: "did you mean Counter?" } },
  ]);
});

test("a peer is a source of contracts", async () => {
  await using place = await emptyPlace();
  const module = new URL("examples/greeter.ts", import.meta.url).pathname;
  const diff = await place.aster(["contract", "diff", module, server.address, "--json"]);
  expect([diff.code, diff.json()]).toMatchObject([0, { equal: true }]);
});
