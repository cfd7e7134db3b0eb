import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { commands } from "../src/commands/index.ts";
import { emptyPlace } from "./support/aster.ts";

test("--version prints the version", async () => {
  await using place = await emptyPlace();
  expect(await place.aster("--version")).toMatchObject({
    code: 0,
    stdout: `${manifest.version}\n`,
  });
});

test("--version after a command is the command's own", async () => {
  await using place = await emptyPlace();
  expect(await place.aster("--json --version profile list")).toMatchObject({
    code: 0,
    stdout: `${manifest.version}\n`,
  });
  const resolve = "registry resolve --namespace x --peer x --service x";
  const taken = await place.aster(`${resolve} --version soon`);
  expect(taken).toMatchObject({ code: 2, stdout: "" });
  expect(taken.stderr).toContain("--version");
  expect(await place.aster("profile list --version")).toMatchObject({ code: 2, stdout: "" });
}, 60_000);

test("--help of every command has an example", async () => {
  await using place = await emptyPlace();
  for (const spec of commands) {
    for (const command of "commands" in spec ? spec.commands : [spec]) {
      const words = command === spec ? [command.name] : [spec.name, command.name];
      const { code, stdout } = await place.aster([...words, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}.*aster /);
    }
  }
});

test.each([
  ["profil list", "Did you mean profile?"],
  ["profile crate a", "Did you mean create?"],
  ["profile list --jsn", "Did you mean --json?"],
  ["trust sign", "--out <file>"],
  ["profile use", "name"],
])("%s is a usage error with a suggestion", async (command, suggestion) => {
  await using place = await emptyPlace();
  const { code, stdout, stderr } = await place.aster(command);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(suggestion);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("with --json a usage error is an object on stdout", async () => {
  await using place = await emptyPlace();
  const { code, json, stderr } = await place.aster("profile crate a --json");
  expect(code).toBe(2);
  expect(stderr).toBe("");
  expect(json()).toEqual({
    error: {
      code: 3,
      status: "INVALID_ARGUMENT",
      reason: "option.invalid",
      message: "unknown command 'crate'",
      hint: "Did you mean create?",
    },
  });
});

test("a group without a command prints its help on stderr", async () => {
  await using place = await emptyPlace();
  const { code, stdout, stderr } = await place.aster("profile");
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("create");
});

test.each(["0", "-1", "soon", ""])(
  "--timeout refuses %j",
  async (timeout) => {
    await using place = await emptyPlace();
    const args = ["call", "aster1x", "A.b", "--timeout", timeout];
    expect((await place.aster(args)).code).toBe(2);
  },
  60_000,
);
