// Peers with a gate: every command that reads from one presents a credential.
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyPlace, type Place, placeOfModules } from "./support/aster.ts";
import { startExamples } from "./support/server.ts";

const module = new URL("examples/greeter.ts", import.meta.url).pathname;

let place: Place;
let server: AsterServer;
let source: string;
let contract: string;
beforeAll(async () => {
  place = await placeOfModules();
  const key = await place.aster("trust keygen --out-key root.key --json");
  server = await startExamples({
    rootPubkey: key.json<{ publicKey: string }>().publicKey,
    registry: {},
  });
  await place.aster("enroll node --role consumer --name a --root-key root.key --out node.id");
  await place.aster("trust sign --root-key root.key --out any.cred");
  source = `${server.registry.namespace}@${server.address}`;
  contract = server.contracts.Greeter ?? "";
}, 60_000);
afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

test("the commands of a registry and of blobs present a credential", async () => {
  const where = ["--namespace", server.registry.namespace, "--peer", server.address];
  const resolve = ["registry", "resolve", ...where, "--service", "Greeter"];
  const commands = [
    resolve,
    ["registry", "watch", ...where, "--for-ms", "100"],
    ["registry", "manifest", ...where, "--contract", contract],
    ["blob", "ls", source],
    ["blob", "cat", server.address, contract],
    ["blob", "save", server.address, contract, "contract.bin"],
  ];
  for (const command of commands) {
    for (const presented of [
      ["--identity", "node.id"],
      ["--credential", "any.cred"],
    ]) {
      const force = command[1] === "save" ? ["--force"] : [];
      const { code, stderr } = await place.aster([...command, ...force, ...presented]);
      expect([command.slice(0, 2), code, stderr]).toEqual([command.slice(0, 2), 0, ""]);
    }
  }
  const other = await emptyPlace();
  await other.aster("trust keygen --out-key root.key");
  await other.aster("trust sign --root-key root.key --out other.cred");
  const denied = await other.aster([...resolve, "--credential", "other.cred", "--json"]);
  expect([denied.code, denied.json()]).toMatchObject([
    3,
    { error: { reason: "admission.denied" } },
  ]);
  await other[Symbol.asyncDispose]();
  const refused = await place.aster([...resolve, "--timeout", "1"]);
  expect(refused.code).toBe(4);
}, 120_000);

test("a registry is a source and an address of every command that takes one", async () => {
  const commands = [
    ["contract", "diff", source, module],
    ["contract", "check", "--service", module, "--against", source],
    ["contract", "export", source, "--out", "exported"],
    ["contract", "preview", "--manifest", source],
    ["contract", "gen-client", source, "--out", "client"],
    ["service", "ls", source],
    ["service", "describe", source, "Greeter"],
    ["service", "invoke", source, "Greeter.sayHello"],
    ["call", source, "Greeter.sayHello", "{}"],
    ["bench", source, "Greeter.sayHello", "--seconds", "0.05"],
    ["shell", source],
  ];
  for (const command of commands) {
    const args = [...command, "--json", "--credential", "any.cred"];
    const { code, stdout } = await place.aster(args);
    expect([command, code, code === 0 ? "" : stdout]).toEqual([command, 0, ""]);
  }
  const ls = (at: string) => place.aster(["service", "ls", at, "--json", "--identity", "node.id"]);
  const { services } = (await ls(source)).json<{ services: { name: string }[] }>();
  const offered = (await ls(server.address)).json<{ services: { name: string }[] }>();
  const facts = ({ name, ...more }: { name: string }) => [name, Object.keys(more)];
  expect(services.map(facts)).toEqual(offered.services.map(facts).toSorted());
  const unknown = await place.aster([
    ...["service", "describe", source, "Greter", "--json", "--identity", "node.id"],
  ]);
  expect([unknown.code, unknown.json()]).toMatchObject([
    1,
    { error: { status: "NOT_FOUND", hint: "did you mean Greeter?" } },
  ]);
}, 120_000);
