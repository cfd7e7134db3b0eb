// `aster shell` with commands from stdin.
import { readFile } from "node:fs/promises";
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyPlace, type Place, type Ran, type RunOptions } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples({ registry: {} });
});
afterAll(() => server.close());

async function shell(
  lines: readonly string[],
  { json = true, place, ...options }: RunOptions & { json?: boolean; place?: Place } = {},
): Promise<Ran> {
  await using empty = await emptyPlace();
  const input = lines.map((line) => `${line}\n`).join("");
  const args = ["shell", server.address, ...(json ? ["--json"] : [])];
  return await (place ?? empty).aster(args, { input, ...options });
}

test("ls, cd, pwd and describe walk through the folders of a peer", async () => {
  const { code, lines } = await shell([
    "ls",
    "cd services/Greeter",
    "pwd",
    "ls",
    "describe",
    "describe sayHello",
    "cd ..",
    "ls /services",
    "cd",
    "pwd",
    "# a comment",
    "",
    "exit",
    "ls",
  ]);
  expect(code).toBe(0);
  const [root, at, methods, service, method, services, home, ...more] = lines();
  expect(root).toMatchObject({ path: "/" });
  const folders = ["services", "registry", "blobs", "docs", "gossip"];
  expect(root?.entries).toMatchObject(folders.map((name) => ({ name, kind: "folder" })));
  expect(at).toEqual({ path: "/services/Greeter" });
  expect(methods?.entries).toContainEqual({
    name: "countdown",
    kind: "method",
    note: "server_stream",
  });
  expect(service).toMatchObject({ name: "Greeter", version: 1, scoped: "shared" });
  expect(method).toMatchObject({
    name: "sayHello",
    request: { fields: [{ name: "name", type: "string", required: false, default: "World" }] },
  });
  expect(services?.entries).toHaveLength(2);
  expect([home, more]).toEqual([{ path: "/" }, []]);
});

test("methods are called by their path, from their folder and by name", async () => {
  const { code, lines } = await shell([
    "cd services/Greeter",
    `./sayHello name="Ada L"`,
    "sayHello Ada",
    `./sayHello {"name": "A d a"}`,
    "./countdown start=1",
    "cd /",
    "Greeter.sayHello",
    "/services/Greeter/sayHello name='x=1'",
    'services/Greeter/add [{"left":1},{"left":2}]',
  ]);
  expect([code, lines()]).toMatchObject([
    0,
    [
      { message: "Hello, Ada L!", letter_count: 5 },
      { message: "Hello, Ada!" },
      { message: "Hello, A d a!" },
      { left: 1 },
      { left: 0 },
      { message: "Hello, World!" },
      { message: "Hello, x=1!" },
      { steps: 3 },
    ],
  ]);
});

test("without --json a reply is written for people, and an error on stderr", async () => {
  const { code, stdout, stderr } = await shell(["Greeter.sayHello Ada", "Greeter.sayHello late"], {
    json: false,
  });
  expect(code).toBe(1);
  expect(stdout).toBe('{\n  "message": "Hello, Ada!",\n  "letter_count": 3\n}\n');
  expect(stderr).toBe("aster: RESOURCE_EXHAUSTED: come back later\n");
});

test("the requests of a stream are the next lines up to end", async () => {
  const { code, lines } = await shell([
    "cd services/Greeter",
    "./add",
    "left=1",
    '{"left":5}',
    "end",
    "./greetAll -",
    "name=A",
    "end",
    "./greetAll",
    "name=late nam=x",
    "name=B",
    "end",
    "pwd",
  ]);
  expect([code, lines()]).toMatchObject([
    2,
    [
      { steps: 6 },
      { message: "Hello, A!" },
      { error: { reason: "request.invalid" } },
      { path: "/services/Greeter" },
    ],
  ]);
});

test("a session keeps its state until end", async () => {
  const { code, lines } = await shell([
    "Counter.add left=1",
    "session Counter",
    "add left=2",
    "./add left=3",
    'sum [{"left":1},{"left":1}]',
    "each",
    "left=1",
    "end",
    "end",
    "add left=1",
    "session Greeter",
    "session Counte",
  ]);
  expect(code).toBe(1);
  expect(lines()).toMatchObject([
    { error: { status: "FAILED_PRECONDITION", hint: expect.stringContaining("session Counter") } },
    { steps: 2 },
    { steps: 5 },
    { steps: 7 },
    { steps: 8 },
    { error: { reason: "shell.command" } },
    { error: { status: "FAILED_PRECONDITION" } },
    { error: { status: "NOT_FOUND", hint: "did you mean Counter?" } },
  ]);
});

test.each([
  ["Greeter.sayHelo", 1, "did you mean sayHello?"],
  ["Greter.sayHello", 1, "did you mean Greeter?"],
  ["cd /service", 1, "did you mean services?"],
  ["ls /services/Nothing", 1, ""],
  ["cd /services/Greeter/sayHello", 2, "ls"],
  ["nonsense", 2, "help"],
  ["Greeter.countdown start=x", 2, ""],
  ["Greeter.countdown start", 2, ""],
  ["Greeter.countdown", 2, "describe"],
  ["Greeter.sayHello name=a name=b", 2, "once"],
  ["Greeter.sayHello nam=a", 2, "describe"],
  ['Greeter.sayHello name="a', 2, "close"],
  ['Greeter.sayHello {"name":', 2, "close"],
  ["cat /services/Greeter", 2, "ls"],
  ["save", 2, "ls"],
])("%s ends with %i and a hint; the next command runs", async (line, exitCode, hint) => {
  const { code, lines } = await shell([line, "pwd"]);
  expect(code).toBe(exitCode);
  expect(lines()).toMatchObject([
    { error: { message: expect.any(String), hint: expect.stringContaining(hint) } },
    { path: "/" },
  ]);
});

test("the registry, blobs and documents of a peer are folders", async () => {
  await using place = await emptyPlace();
  const { Greeter: contract = "" } = server.contracts;
  const { namespace } = server.registry;
  const { code, stdout } = await shell(
    [
      "ls /registry",
      "ls /registry/Greeter",
      "describe /registry/Greeter/v1",
      "ls /blobs",
      `save /blobs/${contract} contract.bin`,
      "ls /docs",
      `ls /docs/${namespace}`,
      "ls /gossip",
      "watch /registry 0.3",
    ],
    { place },
  );
  expect(code).toBe(0);
  const [names, versions, facts, blobs, saved, docs, entries, topics, ...events] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(names?.entries).toContainEqual({ name: "Greeter", kind: "folder", note: "" });
  expect(versions?.entries).toEqual([{ name: "v1", kind: "contract", note: contract }]);
  expect(facts).toMatchObject({ name: "Greeter", contractId: contract });
  expect(blobs?.entries).toContainEqual(expect.objectContaining({ name: contract, kind: "blob" }));
  const bytes = await readFile(place.file("contract.bin"));
  expect(saved).toEqual({ file: place.file("contract.bin"), bytes: bytes.length });
  expect(docs?.entries).toMatchObject([{ name: namespace, kind: "document" }]);
  expect(entries?.entries).toContainEqual(
    expect.objectContaining({ name: "services/Greeter/versions/v1" }),
  );
  expect(topics?.entries).toHaveLength(1);
  expect(events.map(({ event }) => event)).toContain("lease");
  const cat = await shell([`cat /blobs/${contract}`], { place });
  expect(cat.stdout).toBe(bytes.toString("utf8"));
}, 60_000);

test("the address of a registry leads to its peer", async () => {
  await using place = await emptyPlace();
  const address = `${server.registry.namespace}@${server.address}`;
  const { code, json } = await place.aster(["shell", address, "--json"], { input: "ls /registry" });
  expect([code, json()]).toMatchObject([0, { path: "/registry" }]);
});

test("an interrupted script ends with 130", async () => {
  const interruption = new AbortController();
  const { code } = await shell(["Greeter.countdown start=1000100", "pwd"], {
    interrupted: interruption.signal,
    onOutput: () => interruption.abort(),
  });
  expect(code).toBe(130);
});

test("without an address the shell names the ways to give one", async () => {
  await using place = await emptyPlace();
  const { code, json } = await place.aster("shell --json");
  expect([code, json()]).toMatchObject([
    2,
    { error: { hint: expect.stringContaining("ASTER_ENDPOINT_ADDR") } },
  ]);
  const given = await place.aster("shell --json", {
    input: "pwd",
    env: { ASTER_ENDPOINT_ADDR: server.address },
  });
  expect(given.json()).toEqual({ path: "/" });
});
