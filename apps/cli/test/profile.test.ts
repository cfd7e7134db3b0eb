import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyPlace } from "./support/aster.ts";
import { brokenKeyring, fakeKeyring } from "./support/keyring.ts";

const none = { rootPubkey: null, signer: "local", keyIn: null };

test("profiles are made, listed, chosen, shown and deleted", async () => {
  await using place = await emptyPlace();
  const created = await place.aster("profile create prod --json");
  expect(created.json()).toEqual({ profile: "prod", ...none, active: true });
  expect((await place.aster("profile create lab --json")).json()).toMatchObject({ active: false });
  expect((await place.aster("profile use lab --json")).json()).toMatchObject({ active: true });
  const { profiles } = (await place.aster("profile list --json")).json<{ profiles: object[] }>();
  expect(profiles).toEqual([
    { profile: "lab", ...none, active: true },
    { profile: "prod", ...none, active: false },
  ]);
  expect((await place.aster("profile show --json")).json()).toMatchObject({ profile: "lab" });
  expect((await place.aster("profile delete lab --yes --json")).code).toBe(0);
  expect((await place.aster("profile show --json")).json()).toMatchObject({ profile: "prod" });
});

test("reading commands make nothing in the home folder", async () => {
  await using place = await emptyPlace();
  expect((await place.aster("profile list --json")).json()).toEqual({ profiles: [] });
  expect((await place.aster("profile show")).code).toBe(2);
  expect(existsSync(place.home)).toBe(false);
});

test("the configuration is private to its user", async () => {
  await using place = await emptyPlace();
  await place.aster("profile create prod");
  const folder = join(place.home, ".aster");
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, "config.toml"))).mode & 0o777).toBe(0o600);
});

test.each([["--home"], ["ASTER_HOME"]])("%s moves the folder", async (way) => {
  await using place = await emptyPlace();
  const option = way === "--home" ? ["--home", "op"] : [];
  const env = way === "ASTER_HOME" ? { ASTER_HOME: place.file("op") } : {};
  expect((await place.aster([...option, "profile", "create", "a"], { env })).code).toBe(0);
  expect(existsSync(place.file("op/config.toml"))).toBe(true);
  expect(existsSync(place.home)).toBe(false);
});

test("an unknown and an existing profile are usage errors", async () => {
  await using place = await emptyPlace();
  await place.aster("profile create prod");
  const again = await place.aster("profile create prod --json");
  expect(again.code).toBe(2);
  expect(again.json()).toMatchObject({ error: { code: 3, reason: "profile.exists" } });
  const other = await place.aster("profile use other");
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("choose one of: prod");
  expect((await place.aster(["profile", "create", "a.b"])).code).toBe(2);
});

test("deleting asks on a terminal, and needs --yes elsewhere", async () => {
  await using place = await emptyPlace();
  await place.aster("profile create prod");
  const { code, stderr } = await place.aster("profile delete prod");
  expect(code).toBe(2);
  expect(stderr).toContain("--yes");
});

test("keygen root keeps the key in the keyring, and nowhere else", async () => {
  await using place = await emptyPlace();
  const { open, entries } = fakeKeyring();
  const options = { openKeyringEntry: open };
  const { code, stdout, json } = await place.aster("keygen root --profile prod --json", options);
  expect(code).toBe(0);
  const { publicKey, keyIn, publicKeyFile } = json<Record<string, string>>();
  expect(keyIn).toBe("keyring");
  expect(JSON.parse(await readFile(publicKeyFile ?? "", "utf8"))).toEqual({
    public_key: publicKey,
  });
  const secret = entries.get("aster/root_privkey:prod") ?? "";
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(stdout).not.toContain(secret);
  const config = await readFile(join(place.home, ".aster", "config.toml"), "utf8");
  expect(config).not.toContain(secret);
  const shown = await place.aster("profile show prod --json", options);
  expect(shown.json()).toMatchObject({ rootPubkey: publicKey, keyIn: "keyring" });
  expect((await place.aster("keygen root --profile prod", options)).code).toBe(2);
  await place.aster("profile delete prod --yes", options);
  expect(entries.size).toBe(0);
});

test("without a keyring, keygen root names both ways and writes nothing", async () => {
  await using place = await emptyPlace();
  const failed = await place.aster("keygen root --json", { openKeyringEntry: brokenKeyring });
  expect(failed.code).toBe(2);
  expect(failed.json()).toMatchObject({ error: { reason: "key.keyring" } });
  expect(failed.stdout).toMatch(/unlock.*keyring.*--out/);
  expect(existsSync(place.home)).toBe(false);
});

test("keygen root --out writes a key file and names it in the profile", async () => {
  await using place = await emptyPlace();
  const made = await place.aster("keygen root --out root.key --profile prod --json");
  const { publicKey } = made.json<{ publicKey: string }>();
  const keyIn = place.file("root.key");
  expect(made.json()).toEqual({ publicKey, keyIn, publicKeyFile: place.file("root.pub") });
  expect((await stat(keyIn)).mode & 0o777).toBe(0o600);
  const shown = await place.aster("profile show prod --json");
  expect(shown.json()).toMatchObject({ rootPubkey: publicKey, keyIn: "file", active: true });
  const before = await readFile(keyIn, "utf8");
  expect((await place.aster("keygen root --out root.key")).code).toBe(2);
  expect(await readFile(keyIn, "utf8")).toBe(before);
  const signed = await place.aster("trust sign --type policy --out a.cred --json");
  expect(signed.code).toBe(0);
});

test("keygen producer writes the key of a node", async () => {
  await using place = await emptyPlace();
  const made = await place.aster("keygen producer --out node.key --json");
  const { endpointId } = made.json<{ endpointId: string }>();
  const content = JSON.parse(await readFile(place.file("node.key"), "utf8"));
  expect(content).toMatchObject({ node_id: endpointId });
  expect(made.stdout).not.toContain(content.secret_key);
});
