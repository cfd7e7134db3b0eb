import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, test } from "vitest";
import vectors from "../../../../fixtures/trust/credentials.json" with { type: "json" };
import { readCredential, writeCredential } from "../../src/files.ts";
import { parseCredential, parseProducerCredential } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));
let number = 0;
const fresh = (): string => {
  number += 1;
  return join(folder, `${number}.json`);
};
function written(text: string): string {
  const path = fresh();
  writeFileSync(path, text);
  return path;
}

const consumers = vectors.consumers.slice(0, 8).map(({ json }) => json);
const producers = vectors.producers.slice(0, 4).map(({ json }) => json);

test.each(consumers)("reads what it wrote of consumer %#", async (json) => {
  const credential = parseCredential(json);
  const path = fresh();
  await writeCredential(path, credential);
  expect(await readCredential(path)).toEqual(credential);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each(producers)("reads what it wrote of producer %#", async (json) => {
  const credential = parseProducerCredential(json);
  const path = fresh();
  await writeCredential(path, credential);
  expect(await readCredential(path)).toEqual(credential);
});

test("reads the files of the command of the Python package", async () => {
  for (const json of consumers) {
    const { credential_type: type, ...fields } = JSON.parse(json);
    const path = written(`${JSON.stringify({ type, ...fields }, null, 2)}\n`);
    expect(await readCredential(path)).toEqual(parseCredential(json));
  }
  for (const json of producers) {
    const path = written(JSON.stringify({ type: "producer", ...JSON.parse(json) }, null, 2));
    expect(await readCredential(path)).toEqual(parseProducerCredential(json));
  }
});

test("reads a file that others may read, such as a mounted one", async () => {
  const path = written(consumers[0] ?? "");
  chmodSync(path, 0o444);
  expect(await readCredential(path)).toEqual(parseCredential(consumers[0] ?? ""));
});

test("replaces a file only on request", async () => {
  const [one, other] = consumers.map(parseCredential);
  const path = fresh();
  await writeCredential(path, one!);
  await expect(writeCredential(path, other!)).rejects.toMatchObject({ code: "exists" });
  await writeCredential(path, other!, { replace: true });
  expect(await readCredential(path)).toEqual(other);
});

test.each([
  "",
  "{",
  "[]",
  "7",
  "{}",
  '{"type":"admin"}',
  `{"type":"policy",${(consumers[0] ?? "").slice(1)}`,
  (consumers[0] ?? "").replace("{", '{"expires_at":1,'),
  (consumers[0] ?? "").replace("{", '{"more":1,'),
  (producers[0] ?? "").replace("{", '{"nonce":null,'),
])("refuses %j", async (text) => {
  const path = written(text);
  await expect(readCredential(path)).rejects.toMatchObject({
    name: "CredentialError",
    code: "malformed",
    message: expect.stringContaining(path),
  });
});

test("names a file that is missing", async () => {
  await expect(readCredential(fresh())).rejects.toMatchObject({ code: "missing" });
});
