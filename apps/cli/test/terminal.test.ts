// The commands that talk to a person, under a real pseudo-terminal.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { emptyPlace } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";
import { hasTerminal, keys, onTerminal } from "./support/terminal.ts";

const onlyWithTerminal = test.skipIf(!hasTerminal());

onlyWithTerminal(
  "a passphrase is asked for twice, is not shown, and encrypts the key",
  async () => {
    await using place = await emptyPlace();
    const args = ["keygen", "root", "--out", "root.key", "--passphrase"];
    const made = await onTerminal(place, args, [
      ["Passphrase of the new key", `open sesame${keys.enter}`],
      ["The same passphrase again", `open sesame${keys.enter}`],
    ]);
    expect(made).toMatchObject({ code: 0, missed: [] });
    expect(made.screen).not.toContain("sesame");
    expect(await readFile(place.file("root.key"), "utf8")).not.toMatch(/^[0-9a-f]{64}$/m);
    const sign = ["trust", "sign", "--root-key", "root.key", "--out", "a.cred"];
    const signed = await onTerminal(place, sign, [["assphrase", `open sesame${keys.enter}`]]);
    expect(signed).toMatchObject({ code: 0, missed: [] });
    const wrong = await onTerminal(
      place,
      ["trust", "sign", "--root-key", "root.key", "--out", "b.cred"],
      [["assphrase", `wrong${keys.enter}`]],
    );
    expect(wrong.code).toBe(2);
  },
  240_000,
);

onlyWithTerminal(
  "passphrases that differ make no key",
  async () => {
    await using place = await emptyPlace();
    const args = ["keygen", "root", "--out", "root.key", "--passphrase"];
    const { code, screen } = await onTerminal(place, args, [
      ["Passphrase of the new key", `one${keys.enter}`],
      ["The same passphrase again", `two${keys.enter}`],
    ]);
    expect(code).toBe(2);
    expect(screen).toContain("the passphrases differ");
    await expect(readFile(place.file("root.key"))).rejects.toThrow("ENOENT");
  },
  120_000,
);

onlyWithTerminal(
  "a profile is deleted after a confirmation only",
  async () => {
    await using place = await emptyPlace();
    await place.aster("profile create prod");
    const remove = ["profile", "delete", "prod"];
    const question = "Delete the profile prod";
    expect((await onTerminal(place, remove, [[question, keys.enter]])).code).toBe(130);
    expect((await onTerminal(place, remove, [[question, keys.controlC]])).code).toBe(130);
    expect((await place.aster("profile show prod")).code).toBe(0);
    const yes = await onTerminal(place, remove, [[question, `${keys.left}${keys.enter}`]]);
    expect(yes.code).toBe(0);
    expect((await place.aster("profile show prod")).code).toBe(2);
  },
  240_000,
);

onlyWithTerminal(
  "Ctrl-C ends a running call with 130",
  async () => {
    await using place = await emptyPlace();
    await using server = await startExamples();
    const args = ["call", server.address, "Greeter.countdown", '{"start":2000000}'];
    const { code, missed } = await onTerminal(place, args, [["1999999", keys.controlC]]);
    expect([code, missed]).toEqual([130, []]);
  },
  120_000,
);
