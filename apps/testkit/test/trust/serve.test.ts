import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNode } from "@aster/transport";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Child } from "../../src/process/child.ts";
import { printed } from "../support/printed.ts";
import { type Ready, serving } from "../support/testkit-process.ts";

const folder = mkdtempSync(join(tmpdir(), "aster-serve-"));
const file = (name: string) => join(folder, name);

interface Event {
  readonly event: string;
  readonly peer: string;
}

let sequence = 0;

/** Signs a credential with the root key of the test; returns its file. */
async function credential(...args: readonly string[]): Promise<string> {
  sequence += 1;
  const out = file(`credential-${sequence}.json`);
  const { code } = await printed(
    "credential",
    "--root-key",
    file("root.key"),
    ...args,
    "--out",
    out,
  );
  expect(code).toBe(0);
  return out;
}

beforeAll(async () => {
  await printed("keys", "root", "--out", file("root.key"));
  await printed("keys", "root", "--out", file("rogue.key"));
  for (const name of ["alice", "eve"]) await printed("keys", "node", "--out", file(`${name}.key`));
  const identity = ["identity", "--root-key", file("root.key"), "--out", file("node.identity")];
  await printed(...identity, "--name", "store", "--role", "producer");
  await printed(...identity, "--name", "prod", "--role", "consumer", "--capability", "admin");
  const rogue = ["identity", "--root-key", file("rogue.key"), "--out", file("rogue.identity")];
  await printed(...rogue, "--name", "store", "--role", "producer");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("testkit serve with a root key", () => {
  let child: Child;
  let ready: Ready;

  const event = (kind: "admission" | "denied") =>
    child.line((value): value is Event => (value as Partial<Event>).event === kind);
  const call = (method: string, ...args: readonly string[]) =>
    printed("call", method, "--address", ready.address, ...args);

  beforeEach(async () => {
    const trust = ["--root-pub", file("root.pub"), "--one-time-store", file("tokens")];
    ({ child, ready } = await serving(...trust, "--close-producers"));
  });

  afterEach(() => child?.[Symbol.asyncDispose]());

  it("admits the holders of credentials and reports what it denies", async () => {
    const [alice, eve] = ["--key-file", "--key-file"].map((option, at) => [
      option,
      file(`${["alice", "eve"][at]}.key`),
    ]) as [string[], string[]];
    const { lines } = await call("echo", ...eve, "--expect", "16");
    expect(lines[0]).toMatchObject({ code: 16, status: "UNAUTHENTICATED" });
    const cause = "no-credential";
    const { peer } = await event("admission").then((admission) => {
      expect(admission).toMatchObject({ admitted: false, cause });
      return admission;
    });
    expect(await event("denied")).toEqual({ event: "denied", gate: 1, peer, cause });

    const plain = await credential("--role", "status");
    expect((await call("echo", ...alice, "--credential", plain)).lines[0]).toMatchObject({
      code: 0,
      replies: [{ roles: ["status"] }],
    });
    expect(await event("admission")).toMatchObject({ admitted: true });
    const refused = await call("admin", ...alice, "--credential", plain, "--expect", "7");
    expect(refused).toMatchObject({ code: 0, lines: [{ status: "PERMISSION_DENIED" }, {}] });
    expect(await event("admission")).toMatchObject({ admitted: true });
    expect(await event("denied")).toEqual({
      event: "denied",
      gate: 3,
      peer: expect.stringMatching(/^[0-9a-f]{64}$/),
      method: "Testkit.admin",
      cause: "capability",
    });
    const admin = await credential("--role", "status", "--role", "admin");
    expect(await call("admin", ...alice, "--credential", admin)).toMatchObject({ code: 0 });
    const identity = ["--identity", file("node.identity"), "--peer", "prod"];
    expect(await call("admin", ...identity)).toMatchObject({ code: 0 });
  });

  it("refuses connections of peers that are not admitted", async () => {
    await using node = await createNode({ network: "none" });
    const connection = await node.connect(ready.address, "aster/1");
    expect(await connection.closed).toMatchObject({
      applicationCode: 403,
      message: expect.stringContaining("not admitted"),
    });
    expect(await event("denied")).toEqual({
      event: "denied",
      gate: 0,
      peer: node.id,
      cause: "unadmitted",
    });
  });

  it("admits a one-time token once", async () => {
    const token = await credential("--one-time");
    const once = ["--credential", token];
    expect(await call("echo", ...once)).toMatchObject({ code: 0 });
    expect(await event("admission")).toMatchObject({ admitted: true });
    expect(await call("echo", ...once, "--expect", "16")).toMatchObject({ code: 0 });
    expect(await event("admission")).toMatchObject({ admitted: false, cause: "token-used" });
  });

  it("admits producers with a credential of their own", async () => {
    const { lines } = await printed("keys", "node", "--out", file("producer.key"));
    const [{ endpointId }] = lines as [{ endpointId: string }];
    const own = await credential("--producer", "--endpoint", endpointId);
    const ask = (key: string) =>
      printed(
        ...["producer-admission", "--address", ready.address, "--credential", own],
        ...["--key-file", file(key)],
      );
    expect(await ask("producer.key")).toEqual({
      code: 0,
      errors: "",
      lines: [
        {
          accepted: true,
          salt: expect.stringMatching(/^[0-9a-f]{64}$/),
          producers: [endpointId, ready.id].sort(),
        },
      ],
    });
    expect(await event("admission")).toMatchObject({ peer: endpointId, admitted: true });
    const stolen = await ask("eve.key");
    expect(stolen).toMatchObject({
      code: 0,
      lines: [{ accepted: false, salt: "", producers: [] }],
    });
    expect(await event("admission")).toMatchObject({ admitted: false, cause: "endpoint" });
  });
});

describe("testkit call", () => {
  it("reports a credential that is not there", async () => {
    const args = ["--address", "aster1", "--credential", file("no-credential.json")];
    expect(await printed("call", "echo", ...args)).toMatchObject({
      code: 1,
      lines: [{ error: { code: 5, reason: "file.ENOENT" } }],
    });
  });
});

describe("testkit serve", () => {
  it.each([
    ["a root key that is not that of the identity", "rogue.identity", 2, "is not the root key of"],
    ["an identity that does not exist", "none.identity", 1, '"reason":"key.missing"'],
  ])("does not start with %s", async (_, identity, code, text) => {
    const args = ["--root-pub", file("root.pub"), "--identity", file(identity)];
    const ended = await printed("serve", ...args);
    expect(ended.code).toBe(code);
    expect(`${JSON.stringify(ended.lines)}${ended.errors}`).toContain(text);
  });

  it("does not start with a revocation list that is missing or not signed", async () => {
    writeFileSync(file("bad-list.json"), "{}");
    for (const name of ["no-list.json", "bad-list.json"]) {
      const args = ["--root-pub", file("root.pub"), "--revocations", file(name)];
      const { code, lines } = await printed("serve", ...args);
      expect({ code, lines }).toMatchObject({ code: 1, lines: [{ error: { code: 3 } }] });
    }
  });
});
