// The projects of `aster init`, made and installed from the packed packages.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { run } from "./support/run.ts";

const npmProject = inject("npmProject");
const program = join(npmProject, "node_modules", "@aster", "cli", "dist", "main.js");
const tarballs = dirname(Object.values(inject("packed"))[0] ?? "");
const env = { ASTER_RELAY_MODE: "disabled" };

let folder: string;
const commands = new Map<string, readonly string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aster-init-"));
  for (const template of ["hello", "service", "mesh"]) {
    const args = [program, "init", template, "--template", template];
    const made = await run("node", [...args, "--packages", tarballs, "--json"], { cwd: folder });
    commands.set(template, JSON.parse(made).commands);
  }
  // all projects have the same packages
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", install, { cwd: join(folder, "hello") });
  for (const template of ["service", "mesh"]) {
    const link = join(folder, template, "node_modules");
    await symlink(join(folder, "hello", "node_modules"), link, "junction");
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const calls = {
  hello: [["Greeter.sayHello", '{"name":"Ada"}'], { message: "Hello, Ada!" }],
  service: [["Room.post", '{"author":"Ada","text":"hello"}'], { number: 1 }],
  mesh: [["Sensors.read", "{}", "--identity", join("keys", "client.identity")], { count: 1 }],
} as const;

test.each(["hello", "service", "mesh"] as const)(
  "the commands of the template %s build, test and start it, and it answers a call",
  async (template) => {
    const cwd = join(folder, template);
    const [install, ...others] = commands.get(template) ?? [];
    expect(install).toBe("npm install");
    expect(others.at(-1)).toBe("npm start");
    for (const command of others.slice(0, -1)) {
      const [npm = "", ...args] = command.split(" ");
      await run(npm, args, { cwd, env });
    }
    const server = spawn("node", [join("src", "main.ts")], {
      cwd,
      env: { ...process.env, ...env },
    });
    try {
      const [address] = await once(createInterface({ input: server.stdout }), "line");
      const [request, reply] = calls[template];
      const called = await run("node", [program, "call", address, ...request, "--json"], {
        cwd,
        env,
      });
      expect(JSON.parse(called)).toMatchObject(reply);
    } finally {
      server.kill();
    }
  },
  300_000,
);
