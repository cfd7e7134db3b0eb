// The start of the command: what it loads decides how long it takes.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { emptyPlace, type Place } from "./support/aster.ts";
import { asterProcess } from "./support/process.ts";

const preload = new URL("support/recorder.mjs", import.meta.url).href;

async function loadedBy(place: Place, args: string) {
  const record = place.file("record.json");
  const env = { RECORD: record, HOME: place.home };
  const { code, stdout } = await asterProcess(args.split(" "), { cwd: place.path, env, preload });
  const { modules, native } = JSON.parse(await readFile(record, "utf8")) as {
    modules: string[];
    native: string[];
  };
  return { code, stdout, modules, native: native.filter((path) => path.endsWith(".node")) };
}

test("--version loads the command-line library and nothing else", async () => {
  await using place = await emptyPlace();
  const { code, stdout, modules, native } = await loadedBy(place, "--version");
  expect([code, stdout]).toEqual([0, `${manifest.version}\n`]);
  expect(native).toEqual([]);
  const foreign = modules.filter((url) => !/^node:|\/apps\/cli\/|\/(tsx|esbuild)@/.test(url));
  expect(foreign.filter((url) => !url.includes("/commander/"))).toEqual([]);
}, 60_000);

test("commands that need no network load no native module", async () => {
  await using place = await emptyPlace();
  for (const command of [
    "profile create prod",
    "profile list",
    "trust keygen --out-key root.key",
    "trust sign --root-key root.key --out a.cred",
    "trust verify a.cred --root-pub root.pub",
    "enroll node --role consumer --name a --root-key root.key --out node.id",
  ]) {
    const { code, native } = await loadedBy(place, command);
    expect([command, code, native]).toEqual([command, 0, []]);
  }
}, 120_000);
