import { readFile, stat, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { emptyPlace, type Place } from "./support/aster.ts";

const ENDPOINT = "d7".repeat(32);

async function placeWithKey(): Promise<Place> {
  const place = await emptyPlace();
  const { code } = await place.aster("trust keygen --out-key root.key");
  expect(code).toBe(0);
  return place;
}

test("a signed credential is inspected and verified", async () => {
  await using place = await placeWithKey();
  const attributes = JSON.stringify({ "aster.role": "ops,logs", team: "blue" });
  const signed = await place.aster([
    ...["trust", "sign", "--root-key", "root.key", "--type", "policy", "--endpoint-id", ENDPOINT],
    ...[
      "--attributes",
      attributes,
      "--expires",
      "2099-01-02T03:04:05Z",
      "--out",
      "a.cred",
      "--json",
    ],
  ]);
  const expiresAt = Date.UTC(2099, 0, 2, 3, 4, 5) / 1000;
  expect(signed.json()).toEqual({ file: place.file("a.cred"), type: "policy", expiresAt });
  expect((await stat(place.file("a.cred"))).mode & 0o777).toBe(0o600);
  const { public_key: rootPubkey } = JSON.parse(await readFile(place.file("root.pub"), "utf8"));
  const facts = {
    type: "policy",
    rootPubkey,
    endpointId: ENDPOINT,
    attributes: JSON.parse(attributes),
    expiresAt,
    expired: false,
  };
  expect((await place.aster("trust inspect a.cred --json")).json()).toEqual(facts);
  for (const key of ["root.pub", rootPubkey]) {
    const verified = await place.aster(`trust verify a.cred --root-pub ${key} --json`);
    expect(verified.json()).toEqual({ ...facts, valid: true, cause: null });
    expect(verified.code).toBe(0);
  }
});

test.each([
  ["wrong-root", "--root-pub other.pub"],
  ["endpoint", `--root-pub root.pub --endpoint-id ${"d8".repeat(32)}`],
  ["signature", "--root-pub root.pub"],
])("a credential is not valid: %s", async (cause, options) => {
  await using place = await placeWithKey();
  await place.aster("trust keygen --out-key other.key");
  await place.aster(`trust sign --root-key root.key --endpoint-id ${ENDPOINT} --out a.cred`);
  if (cause === "signature") {
    const text = await readFile(place.file("a.cred"), "utf8");
    await writeFile(
      place.file("a.cred"),
      text.replace('"attributes":{}', '"attributes":{"a":"b"}'),
    );
  }
  const verified = await place.aster(`trust verify a.cred ${options} --json`);
  expect(verified.json()).toMatchObject({ valid: false, cause });
  expect(verified.code).toBe(1);
});

test("an expired credential is not valid", async () => {
  await using place = await placeWithKey();
  await place.aster("trust sign --root-key root.key --expires 2001-01-01 --out a.cred");
  const verified = await place.aster("trust verify a.cred --root-pub root.pub --json");
  expect(verified.json()).toMatchObject({ valid: false, cause: "expired", expired: true });
});

test("one-time tokens and credentials of producers", async () => {
  await using place = await placeWithKey();
  await place.aster("trust sign --root-key root.key --type ott --out t.cred");
  expect((await place.aster("trust inspect t.cred --json")).json()).toMatchObject({ type: "ott" });
  const unbound = await place.aster("trust sign --root-key root.key --type producer --out p.cred");
  expect(unbound.code).toBe(2);
  const bound = `trust sign --root-key root.key --type producer --endpoint-id ${ENDPOINT}`;
  await place.aster(`${bound} --out p.cred`);
  const verified = await place.aster("trust verify p.cred --root-pub root.pub --json");
  expect(verified.json()).toMatchObject({ type: "producer", valid: true });
});

test("a credential is replaced only with --force", async () => {
  await using place = await placeWithKey();
  const command = "trust sign --root-key root.key --out a.cred --json";
  expect((await place.aster(command)).code).toBe(0);
  const again = await place.aster(command);
  expect(again.code).toBe(2);
  expect(again.json()).toMatchObject({ error: { reason: "key.exists" } });
  expect((await place.aster(`${command} --force`)).code).toBe(0);
});

test("a revocation list grows and its number rises", async () => {
  await using place = await placeWithKey();
  const revoke = (id: string) =>
    place.aster(`trust revoke --endpoint-id ${id} --root-key root.key --list r.json --json`);
  const list = place.file("r.json");
  const second = "d8".repeat(32);
  expect((await revoke(second)).json()).toEqual({ list, sequence: 1, revoked: [second] });
  expect((await revoke(ENDPOINT)).json()).toEqual({
    list,
    sequence: 2,
    revoked: [ENDPOINT, second],
  });
  await place.aster("trust keygen --out-key other.key");
  const foreign = await place.aster(
    `trust revoke --endpoint-id ${ENDPOINT} --root-key other.key --list r.json`,
  );
  expect(foreign.code).toBe(2);
});

test("a key file with a passphrase signs with that passphrase only", async () => {
  await using place = await emptyPlace();
  await writeFile(place.file("pass"), "correct horse\n");
  await writeFile(place.file("wrong"), "battery staple\n");
  const env = { ASTER_PASSPHRASE_FILE: "pass" };
  await place.aster("trust keygen --out-key root.key", { env });
  const content = await readFile(place.file("root.key"), "utf8");
  expect(content).toContain("sealed");
  const sign = "trust sign --root-key root.key --json --out";
  expect((await place.aster(`${sign} a`, { env })).code).toBe(0);
  const wrong = await place.aster(`${sign} b`, { env: { ASTER_PASSPHRASE_FILE: "wrong" } });
  expect(wrong.json()).toMatchObject({ error: { reason: "key.passphrase" } });
  const without = await place.aster(`${sign} c`);
  expect(without.json()).toMatchObject({ error: { reason: "key.passphrase" } });
  expect(without.stdout).toContain("ASTER_PASSPHRASE_FILE");
}, 60_000);

test.each(["5 weeks", "tomorrow", "0d", ""])("refuses the end %j", async (expires) => {
  await using place = await placeWithKey();
  const args = ["trust", "sign", "--root-key", "root.key", "--out", "a", "--expires", expires];
  expect((await place.aster(args)).code).toBe(2);
});
