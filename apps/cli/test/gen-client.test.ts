// Generated clients compile, and call a server.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { contractIdOf } from "@aster/rpc";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { expect, test } from "vitest";
import { Counter, Greeter } from "./examples/greeter.ts";
import { placeOfModules } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

const run = promisify(execFile);
const python = await pythonWithAster();
const module = fileURLToPath(new URL("examples/greeter.ts", import.meta.url));
const ids = { Greeter: contractIdOf(Greeter), Counter: contractIdOf(Counter) };

const program = `
import { AsterClient, contractIdOf } from "@aster/rpc";
import { Counter, Greeter, type Greeting } from "./client/index.ts";

await using client = await AsterClient.connect(process.argv[2], { network: "none", identity: false });
const greeter = client.client(Greeter);
const greeting: Greeting = await greeter.sayHello({ name: "Ada" });
const left: number[] = [];
for await (const step of greeter.countdown({ start: 2 })) left.push(step.left);
const { steps } = await greeter.add([{ left: 1 }, { left: 2 }]);
const lengths: number[] = [];
for await (const each of greeter.greetAll([{ name: "A" }, {}])) lengths.push(each.letterCount);
await using session = await client.session(Counter);
await session.add({ left: 4 });
const total = await session.add({ left: 5 });
const ids = [Greeter, Counter].map((each) => contractIdOf(each));
console.log(JSON.stringify({ greeting, left, steps, lengths, total, ids }));
`;

const expected = {
  left: [2, 1, 0],
  steps: 3,
  lengths: [1, 5],
  ids: [ids.Greeter, ids.Counter],
};

test("a TypeScript client compiles under strict and calls all patterns", async () => {
  await using place = await placeOfModules();
  await using server = await startExamples();
  const made = await place.aster([
    ...["contract", "gen-client", server.address, "--lang", "typescript", "--out", "client"],
    "--json",
  ]);
  expect(made.json()).toEqual({ files: [place.file("client/index.ts")], contracts: ids });
  await writeFile(place.file("program.ts"), program);
  const config = { extends: "../../../../../tsconfig.base.json", include: ["**/*.ts"] };
  const compilerOptions = { isolatedDeclarations: false, declaration: false };
  await writeFile(place.file("tsconfig.json"), JSON.stringify({ ...config, compilerOptions }));
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  await run(process.execPath, [tsc, "-p", place.path]);
  const args = ["--import", import.meta.resolve("tsx"), place.file("program.ts"), server.address];
  const { stdout } = await run(process.execPath, args, {
    env: { ...process.env, NODE_ENV: "test" },
  });
  expect(JSON.parse(stdout)).toEqual({
    ...expected,
    greeting: { message: "Hello, Ada!", letterCount: 3 },
    total: { steps: 9 },
  });
}, 120_000);

const pythonProgram = `
import asyncio, json, sys
from aster import AsterClient
from aster.contract.identity import contract_id_from_service
from greeter_client import Counter, Greeter, Hello, Start, Step

async def main():
    async with AsterClient(address=sys.argv[1]) as client:
        greeter = await client.client(Greeter)
        greeting = await greeter.sayHello(Hello(name="Ada"))
        left = [step.left async for step in greeter.countdown(Start(start=2))]
        async def steps():
            for n in (1, 2):
                yield Step(left=n)
        total = await greeter.add(steps())
        ids = [contract_id_from_service(each) for each in (Greeter, Counter)]
        print(json.dumps({"message": greeting.message, "length": greeting.letter_count,
                          "left": left, "steps": total.steps, "ids": ids}))

asyncio.run(main())
`;

test.skipIf("missing" in python)(
  "a Python client has the same contract ids and calls through the Python package",
  async () => {
    if ("missing" in python) return;
    await using place = await placeOfModules();
    await using server = await startExamples();
    const args = ["contract", "gen-client", module, "--lang", "python", "--out", "greeter_client"];
    expect((await place.aster(args)).code).toBe(0);
    await writeFile(place.file("program.py"), pythonProgram);
    const { stdout } = await run(python.path, ["program.py", server.address], {
      cwd: place.path,
      env: { ...process.env, ASTER_RELAY_MODE: "disabled" },
    });
    const { lengths: _, ...rest } = expected;
    expect(JSON.parse(stdout)).toEqual({ ...rest, message: "Hello, Ada!", length: 3 });
  },
  120_000,
);

test.each([
  ["letter_count", "x = 0\\n    import os"],
  ["sayHello", "a(self): pass\\n    import os  #"],
  ['"xlang"', '"XLANG]); import os"'],
  [ids.Greeter, '\\"\\"\\"\\nimport os'],
])("names of a peer never become code: %s", async (name, code) => {
  await using place = await placeOfModules();
  await place.aster(["contract", "gen", "--service", `${module}:Greeter`, "--out", "g.json"]);
  const text = await readFile(place.file("g.json"), "utf8");
  await writeFile(place.file("evil.json"), text.replaceAll(name, code));
  for (const lang of ["typescript", "python"]) {
    const args = ["contract", "gen-client", "evil.json", "--lang", lang, "--out", lang, "--json"];
    const { code: exitCode, json } = await place.aster(args);
    expect([exitCode, json()]).toMatchObject([2, { error: { reason: "contract.data" } }]);
  }
});
