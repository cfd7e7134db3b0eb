// The keyring of GNOME behind a D-Bus session of its own. Debian has both in the packages
// gnome-keyring and dbus; without them the tests are skipped.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rootKeypairOf } from "../../src/index.ts";

const program = fileURLToPath(new URL("programs/keyring.ts", import.meta.url));
const { publicKey } = rootKeypairOf(new Uint8Array(32).fill(7));
const unlock = "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; ";

function isHere(): boolean {
  const commands = ["dbus-run-session", "gnome-keyring-daemon"];
  return commands.every((name) => spawnSync(name, ["--version"]).status === 0);
}

describe.skipIf(!isHere())("the Secret Service of GNOME", { timeout: 120_000 }, () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "aster-keyring-"));
    await mkdir(join(home, "run"), { mode: 0o700 });
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  /** Runs the program once for each of the arguments, in one session; returns the lines. */
  function session(before: string, ...runs: readonly string[]): string[] {
    const node = JSON.stringify(process.execPath);
    const script = runs.map((run) => `${node} ${JSON.stringify(program)} ${run}`).join("; ");
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: join(home, "data"),
      XDG_CONFIG_HOME: join(home, "config"),
      XDG_RUNTIME_DIR: join(home, "run"),
    };
    const args = ["--", "sh", "-c", before + script];
    return execFileSync("dbus-run-session", args, {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .trim()
      .split("\n");
  }

  test("keeps a root key over sessions, and gives it to the other programs of the user", () => {
    expect(session(unlock, "read", "store", "read", "store 8")).toEqual([
      "none",
      "stored",
      publicKey,
      "exists",
    ]);
    expect(session(unlock, "read", "remove", "remove", "read")).toEqual([
      publicKey,
      "true",
      "false",
      "none",
    ]);
  });

  test("that is locked is an error of the keyring, and not a key that is missing", () => {
    expect(session(unlock, "store")).toEqual(["stored"]);
    expect(session("", "read", "store 8")).toEqual(["keyring", "keyring"]);
  });
});
