// `aster init` in the workspace, whose packages it links; apps/installed tests the packed ones.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { TEMPLATES } from "../src/init/template.ts";
import { emptyPlace } from "./support/aster.ts";

const run = promisify(execFile);
const quiet = { ...process.env, NODE_OPTIONS: "", ASTER_RELAY_MODE: "disabled" };

test.each(TEMPLATES)(
  "a project of the template %s passes its own test and answers a call",
  async (template) => {
    await using place = await emptyPlace();
    const made = await place.aster(["init", "my App", "--template", template, "--json"]);
    const dir = place.file("my App");
    const keys = template === "mesh" ? ["npm run keys"] : [];
    expect(made.json()).toEqual({
      dir,
      commands: [...keys, "npm run build", "npm test", "npm start"],
    });
    const cwd = { cwd: dir, env: quiet };
    const { name, scripts } = JSON.parse(await readFile(`${dir}/package.json`, "utf8"));
    expect(name).toBe("my-app");
    expect(await stat(`${dir}/.gitignore`)).toBeDefined();
    if (template === "mesh") await run(process.execPath, ["src/keys.ts"], cwd);
    await run(process.execPath, ["--test", "test/*.test.ts"], cwd);
    expect(scripts.start).toBe("node src/main.ts");
    const server = spawn(process.execPath, ["src/main.ts"], cwd);
    try {
      const [address] = await once(createInterface({ input: server.stdout }), "line");
      expect(address).toMatch(/^aster1\S+$/);
      const calls = {
        hello: ["Greeter.sayHello", '{"name":"Ada"}'],
        service: ["Room.post", '{"author":"Ada","text":"hello"}'],
        mesh: ["Sensors.read", "{}", "--identity", `${dir}/keys/client.identity`],
      };
      const called = await place.aster(["call", address, ...calls[template], "--json"]);
      expect([called.code, called.json()]).toMatchObject([
        0,
        { hello: { message: "Hello, Ada!" }, service: { number: 1 }, mesh: { count: 1 } }[template],
      ]);
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      expect(await ended).toEqual([0, null]);
    } finally {
      server.kill("SIGKILL");
    }
  },
  300_000,
);

test("a folder that is not empty is left as it is", async () => {
  await using place = await emptyPlace();
  await mkdir(place.file("there"));
  const empty = await place.aster("init there");
  expect(empty.code).toBe(0);
  expect(empty.stdout).toMatch(/^made .*there; next:\n {2}cd there\n/);
  await writeFile(place.file("there/package.json"), "mine");
  const again = await place.aster("init there --json");
  expect([again.code, again.json()]).toMatchObject([2, { error: { reason: "file.exists" } }]);
  expect(await readFile(place.file("there/package.json"), "utf8")).toBe("mine");
  await writeFile(place.file("file"), "");
  expect((await place.aster("init file")).code).toBe(2);
});

test("--packages needs the tarballs", async () => {
  await using place = await emptyPlace();
  await mkdir(place.file("packed"));
  const refused = await place.aster("init new --packages packed --json");
  expect([refused.code, refused.json()]).toMatchObject([
    2,
    { error: { message: expect.stringContaining("@aster/rpc"), reason: "file.missing" } },
  ]);
  await expect(stat(place.file("new"))).rejects.toThrow("ENOENT");
});
