import { readFile, stat } from "node:fs/promises";
import { readIdentity } from "@aster/trust/files";
import { expect, test } from "vitest";
import { emptyPlace, type Place } from "./support/aster.ts";

async function placeWithKey(): Promise<Place> {
  const place = await emptyPlace();
  await place.aster("trust keygen --out-key root.key");
  return place;
}

const edge =
  "enroll node --role consumer --name edge --capabilities status,ingest --root-key root.key --out node.id";

test("an identity file is made, and entries are added to it", async () => {
  await using place = await placeWithKey();
  const made = await place.aster(`${edge} --attributes team=blue,site=7 --json`);
  const { endpointId, expiresAt } = made.json<{ endpointId: string; expiresAt: number }>();
  expect(made.json()).toEqual({
    file: place.file("node.id"),
    endpointId,
    name: "edge",
    role: "consumer",
    expiresAt,
  });
  expect((await stat(place.file("node.id"))).mode & 0o777).toBe(0o600);
  const added = await place.aster(
    "enroll node --role producer --name server --root-key root.key --out node.id --json",
  );
  expect(added.json()).toMatchObject({ endpointId });
  const { peers, secretKey } = await readIdentity(place.file("node.id"));
  expect(peers.map(({ name, role, signed }) => [name, role, signed])).toEqual([
    ["edge", "consumer", true],
    ["server", "producer", true],
  ]);
  expect(peers[0]?.credential.attributes).toEqual({
    "aster.role": "status,ingest",
    "aster.name": "edge",
    team: "blue",
    site: "7",
  });
  const secret = Buffer.from(secretKey.expose());
  for (const form of ["base64", "hex"] as const) {
    expect(made.stdout + added.stdout).not.toContain(secret.toString(form));
  }
});

test("an entry is replaced only with --force", async () => {
  await using place = await placeWithKey();
  await place.aster(edge);
  const before = await readFile(place.file("node.id"), "utf8");
  const again = await place.aster(`${edge} --json`);
  expect(again.code).toBe(2);
  expect(again.json()).toMatchObject({ error: { reason: "file.exists" } });
  expect(await readFile(place.file("node.id"), "utf8")).toBe(before);
  expect((await place.aster(`${edge} --force`)).code).toBe(0);
});

test("--quiet prints path, endpoint id and end", async () => {
  await using place = await placeWithKey();
  const { stdout } = await place.aster(`${edge} --type ott --expires 2099-01-01 --quiet`);
  const [path, id, end, ...more] = stdout.trim().split(" ");
  expect(path).toBe(place.file("node.id"));
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(end).toBe("2099-01-01T00:00:00.000Z");
  expect(more).toEqual([]);
  const [entry] = (await readIdentity(place.file("node.id"))).peers;
  expect(entry?.credential).toMatchObject({ type: "ott" });
});

test("a wrong role is a usage error that names the roles", async () => {
  await using place = await placeWithKey();
  const { code, stderr } = await place.aster(
    "enroll node --role boss --name a --root-key root.key",
  );
  expect(code).toBe(2);
  expect(stderr).toContain("consumer, producer");
});

test("--identity names the file, which must be there", async () => {
  await using place = await placeWithKey();
  const command = "enroll node --role consumer --name b --root-key root.key --identity";
  expect((await place.aster(`${command} none.id`)).code).toBe(2);
  await place.aster(edge);
  expect((await place.aster(`${command} node.id`)).code).toBe(0);
  expect((await readIdentity(place.file("node.id"))).peers).toHaveLength(2);
});
