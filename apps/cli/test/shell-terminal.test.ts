// `aster shell` and the questions of `aster call`, under a real pseudo-terminal.
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyPlace, type Place } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";
import { hasTerminal, keys, onTerminal, type Step } from "./support/terminal.ts";

const onlyWithTerminal = test.skipIf(!hasTerminal());
const { enter, tab, up, controlC, controlD } = keys;

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples();
});
afterAll(() => server.close());

const shell = (place: Place, steps: readonly Step[]) =>
  onTerminal(place, ["shell", server.address], steps);

onlyWithTerminal(
  "Tab completes paths, methods and fields, and Up returns to earlier lines",
  async () => {
    await using place = await emptyPlace();
    const first = await shell(place, [
      ["/> ", `cd ser${tab}`],
      ["services/", `Gr${tab}`],
      ["Greeter/", enter],
      ["/services/Greeter> ", `./say${tab}`],
      ["./sayHello", ` na${tab}`],
      ["name=", `Ada${enter}`],
      ["Hello, Ada!", ` pwd${enter}`],
      ["/services/Greeter", `${up}${enter}`],
      ["Hello, Ada!", controlD],
    ]);
    expect(first).toMatchObject({ code: 0, missed: [] });
    const file = join(place.home, ".aster", "shell_history");
    // a line with a first space is not kept
    const kept = "cd services/Greeter/\n./sayHello name=Ada\n./sayHello name=Ada\n";
    expect(await readFile(file, "utf8")).toBe(kept);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await shell(place, [
      ["/> ", `${up}${up}${enter}`],
      ["/services/Greeter> ", `exit${enter}`],
    ]);
    expect(second).toMatchObject({ code: 0, missed: [] });
  },
  240_000,
);

onlyWithTerminal(
  "Ctrl-C ends the running call, a question or the line, and the shell goes on",
  async () => {
    await using place = await emptyPlace();
    const { code, missed, screen } = await shell(place, [
      ["/> ", `Greeter.countdown start=2000000${enter}`],
      ["1999999", controlC],
      ["cancelled", `Greeter.countdown${enter}`],
      ["start (int64): ", controlC],
      ["cancelled", `Greeter.greetAll${enter}`],
      ["greetAll+ ", `name=A${enter}`],
      ["Hello, A!", controlC],
      ["cancelled", `nonsense${controlC}`],
      ["^C", `pwd${enter}`],
      ["\n/", `exit${enter}`],
    ]);
    expect([code, missed]).toEqual([0, []]);
    expect(screen).not.toContain("neither a command");
  },
  240_000,
);

onlyWithTerminal(
  "Ctrl-C twice leaves the shell, Ctrl-D a session first",
  async () => {
    await using place = await emptyPlace();
    const left = await shell(place, [
      ["/> ", controlC],
      ["press Ctrl-C again", controlC],
    ]);
    expect(left).toMatchObject({ code: 130, missed: [] });
    const session = await shell(place, [
      ["/> ", `session C${tab}`],
      ["Counter", enter],
      ["Counter~ ", `a${tab}`],
      ["add", ` left=2${enter}`],
      ['"steps": 2', `add left=3${enter}`],
      ['"steps": 5', controlD],
      ["/> ", controlD],
    ]);
    expect(session).toMatchObject({ code: 0, missed: [] });
  },
  240_000,
);

onlyWithTerminal(
  "the shell and a call ask for required fields and check them",
  async () => {
    await using place = await emptyPlace();
    const asked = await shell(place, [
      ["/> ", `Greeter.countdown${enter}`],
      ["start (int64): ", `x${enter}`],
      ["start takes int64", `1${enter}`],
      ['{"left":0}', `exit${enter}`],
    ]);
    expect(asked).toMatchObject({ code: 0, missed: [] });
    const call = ["call", server.address, "Greeter.countdown"];
    const called = await onTerminal(place, call, [
      ["start (int64)", `x${enter}`],
      ["start takes int64", `${keys.backspace}1${enter}`],
      ['{"left":0}', ""],
    ]);
    expect(called).toMatchObject({ code: 0, missed: [] });
    const cancelled = await onTerminal(place, call, [["start (int64)", controlC]]);
    expect(cancelled.code).toBe(130);
  },
  240_000,
);

onlyWithTerminal(
  "a line survives a new size of the terminal; a history that is not writable has no effect",
  async () => {
    await using place = await emptyPlace();
    const folder = join(place.home, ".aster");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "shell_history"), "pwd\n");
    await chmod(join(folder, "shell_history"), 0o400);
    const { code, missed } = await shell(place, [
      ["/> ", "Greeter.sayHello na"],
      ["sayHello na", [20, 10]],
      ["na", `me=Ada${enter}`],
      ["Hello, Ada!", [100, 30]],
      ["> ", `${up}${up}${enter}`],
      ["\n/", `exit${enter}`],
    ]);
    expect([code, missed]).toEqual([0, []]);
  },
  120_000,
);
