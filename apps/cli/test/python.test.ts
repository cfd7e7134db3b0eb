// The files of the operator are those of the aster command of the Python package.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonWithAster } from "@aster-apps/conformance/python";
import { expect, test } from "vitest";
import { emptyPlace, type Place } from "./support/aster.ts";

const python = await pythonWithAster();
const operator = fileURLToPath(new URL("python/aster_operator.py", import.meta.url));

/** Runs the command of the Python package. */
async function theirs(place: Place, command: string): Promise<string> {
  if ("missing" in python) throw new Error(python.missing);
  const env = { ...process.env, HOME: place.home };
  const args = [operator, ...command.split(" ")];
  return (await promisify(execFile)(python.path, args, { cwd: place.path, env })).stdout;
}

test.skipIf("missing" in python)(
  "each reads the keys, credentials, identities and profiles of the other",
  async () => {
    await using place = await emptyPlace();
    // ours to theirs
    await place.aster("keygen root --out ours.key --profile prod");
    await theirs(place, "enroll node -r consumer -n bob --root-key ours.key -o node.id -q");
    await theirs(place, "trust sign --root-key ours.key --type ott --out theirs.cred");
    // theirs to ours
    for (const file of ["node.id", "theirs.cred"]) {
      const verified = await place.aster(`trust verify ${file} --root-pub ours.pub --json`);
      expect(verified.json()).toMatchObject({ valid: true });
    }
    await theirs(place, "trust keygen --out-key theirs.key");
    const added = await place.aster(
      "enroll node -r producer -n server --root-key theirs.key -o node.id --json",
    );
    expect(added.code).toBe(0);
    await theirs(
      place,
      "enroll node -r consumer -n eve -c a,b --root-key theirs.key -o node.id -q",
    );
    const names = [
      ...(await readFile(place.file("node.id"), "utf8")).matchAll(/^name = "(\w+)"/gm),
    ];
    expect(names.map(([, name]) => name)).toEqual(["bob", "server", "eve"]);
    const eve = await place.aster("trust verify node.id --peer eve --root-pub theirs.pub --json");
    expect(eve.json()).toMatchObject({ valid: true, attributes: { "aster.role": "a,b" } });
    // profiles
    expect(await theirs(place, "profile list")).toContain("prod *");
    await theirs(place, "profile create lab");
    const { profiles } = (await place.aster("profile list --json")).json<{ profiles: object[] }>();
    expect(profiles).toMatchObject([
      { profile: "lab", rootPubkey: null },
      { profile: "prod", keyIn: "file", active: true },
    ]);
    await place.aster("profile use lab");
    expect(await theirs(place, "profile list")).toContain("lab *");
  },
  120_000,
);
