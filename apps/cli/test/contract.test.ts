import { cp, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseManifest } from "@aster/contract/model";
import { expect, test } from "vitest";
import { emptyPlace, type Place, placeOfModules } from "./support/aster.ts";

const GREETER = fileURLToPath(new URL("examples/greeter.ts", import.meta.url));
const SERVICE = `${GREETER}:Greeter`;

interface Changes {
  readonly equal: boolean;
  readonly breaking: boolean;
  readonly changes: readonly {
    readonly kind: string;
    readonly path: string;
    readonly breaking: boolean;
    readonly why: string;
  }[];
}

async function placeWithManifest(): Promise<Place> {
  const place = await placeOfModules();
  const made = await place.aster(["contract", "gen", "--service", SERVICE, "--out", "g.json"]);
  expect(made.code).toBe(0);
  return place;
}

test("gen writes the manifests of services", async () => {
  await using place = await emptyPlace();
  const both = ["--service", SERVICE, "--service", `${GREETER}:Counter`];
  const made = await place.aster(["contract", "gen", ...both, "--out", "m/all.json", "--json"]);
  const { file, contracts } = made.json<{ file: string; contracts: Record<string, string> }>();
  expect(file).toBe(place.file("m/all.json"));
  const manifests = JSON.parse(await readFile(file, "utf8")) as object[];
  const read = manifests.map((each) => parseManifest(JSON.stringify(each)));
  expect(Object.fromEntries(read.map((each) => [each.service, each.contract_id]))).toEqual(
    contracts,
  );
  expect(Object.keys(contracts)).toEqual(["Greeter", "Counter"]);
});

test("gen replaces a file only with --force, and leaves types out with --plain", async () => {
  await using place = await placeWithManifest();
  const gen = ["contract", "gen", "--service", SERVICE, "--out", "g.json", "--plain", "--json"];
  const again = await place.aster(gen);
  expect([again.code, again.json()]).toMatchObject([2, { error: { reason: "file.exists" } }]);
  expect((await place.aster([...gen, "--force"])).code).toBe(0);
  expect(JSON.parse(await readFile(place.file("g.json"), "utf8"))).not.toHaveProperty("types");
  // what the manifest leaves out is not a difference
  const diff = await place.aster(["contract", "diff", "g.json", SERVICE, "--json"]);
  expect(diff.json()).toEqual({ equal: true, breaking: false, changes: [] });
});

test("preview shows methods, patterns, fields, types, defaults and the contract id", async () => {
  await using place = await placeWithManifest();
  const preview = await place.aster("contract preview --manifest g.json --json");
  const { services } = preview.json<{ services: { methods: { name: string }[] }[] }>();
  expect(services[0]).toMatchObject({ name: "Greeter", version: 1, scoped: "shared" });
  expect(services[0]?.methods.find(({ name }) => name === "sayHello")).toEqual({
    name: "sayHello",
    pattern: "unary",
    request: {
      type: "greeter/Hello",
      fields: [{ name: "name", type: "string", required: false, default: "World" }],
    },
    response: {
      type: "greeter/Greeting",
      fields: [
        { name: "message", type: "string", required: true },
        { name: "letter_count", type: "int64", required: true },
      ],
    },
    timeoutSeconds: 10,
    idempotent: true,
  });
  const text = await place.aster(["contract", "preview", "--service", SERVICE]);
  expect(text.stdout).toMatch(/name +string +default "World"/);
});

test("a contract equals its manifest and its export", async () => {
  await using place = await placeWithManifest();
  const exported = await place.aster("contract export g.json --out ex --json");
  expect(exported.json()).toMatchObject({ files: [place.file("ex/Greeter.aster.json")] });
  for (const other of ["g.json", "ex/Greeter.aster.json"]) {
    const { code, json } = await place.aster(["contract", "diff", other, SERVICE, "--json"]);
    expect([code, json()]).toEqual([0, { equal: true, breaking: false, changes: [] }]);
  }
});

/** Changes of the module, and the line that diff prints for each. */
const changes: readonly [
  title: string,
  edit: readonly [from: string, to: string],
  kind: string,
  path: string,
  breaking: boolean,
][] = [
  [
    "a required field",
    ["start: z.int()", "start: z.int(), a: z.int()"],
    "added",
    "Greeter.countdown.request.a",
    true,
  ],
  [
    "an optional field",
    ["start: z.int()", "start: z.int(), a: z.int().optional()"],
    "added",
    "Greeter.countdown.request.a",
    false,
  ],
  [
    "a field with a default",
    ["start: z.int()", "start: z.int(), a: z.int().default(0)"],
    "added",
    "Greeter.countdown.request.a",
    false,
  ],
  ["a removed field", ["start: z.int()", ""], "removed", "Greeter.countdown.request.start", true],
  [
    "another type",
    ["start: z.int()", "start: z.string()"],
    "changed",
    "Greeter.countdown.request.start",
    true,
  ],
  [
    "another container",
    ["start: z.int()", "start: z.array(z.int())"],
    "changed",
    "Greeter.countdown.request.start",
    true,
  ],
  [
    "another pattern",
    ["serverStream(Start", "unary(Start"],
    "changed",
    "Greeter.countdown.pattern",
    true,
  ],
  [
    "a removed method",
    ["countdown: serverStream(Start, Step),", ""],
    "removed",
    "Greeter.countdown",
    true,
  ],
  [
    "a new method",
    ["countdown: s", "stop: unary(Start, Step), countdown: s"],
    "added",
    "Greeter.stop",
    false,
  ],
  [
    "another timeout",
    ["timeoutMs: 10_000", "timeoutMs: 9_000"],
    "changed",
    "Greeter.sayHello.timeout",
    false,
  ],
  [
    "idempotence",
    ["idempotent: true", "idempotent: false"],
    "changed",
    "Greeter.sayHello.idempotent",
    false,
  ],
  [
    "another order",
    ["message: z.string(), letterCount: z.int()", "letterCount: z.int(), message: z.string()"],
    "changed",
    "Greeter.sayHello.response",
    false,
  ],
  ["another version", ["version: 1 }", "version: 2 }"], "changed", "Greeter.version", true],
];

test.each(changes)("diff finds %s", async (_, [from, to], kind, path, breaking) => {
  await using place = await placeWithManifest();
  const source = await readFile(GREETER, "utf8");
  expect(source).toContain(from);
  await writeFile(place.file("edited.ts"), source.replace(from, to));
  const diff = await place.aster("contract diff g.json edited.ts:Greeter --json");
  const found = diff.json<Changes>();
  expect(found.equal).toBe(false);
  expect(found.breaking).toBe(breaking);
  expect(diff.code).toBe(breaking ? 1 : 0);
  expect(found.changes).toContainEqual({ kind, path, breaking, why: expect.any(String) });
  const check = await place.aster(
    "contract check --service edited.ts:Greeter --against g.json --github --json",
  );
  expect(check.json()).toEqual(found);
  expect(check.code).toBe(diff.code);
  expect(check.stderr).toContain(
    `::${breaking ? "error" : "notice"} file=edited.ts,title=Contract::${path}: `,
  );
  if (kind === "added" && !breaking && path.includes("request")) {
    expect(found.changes.map(({ why }) => why).join()).toMatch(/xlang.*aster-rpc 0\.1\.2/);
  }
});

test("diff compares two modules that define the same types", async () => {
  await using place = await placeOfModules();
  const source = await readFile(GREETER, "utf8");
  await writeFile(place.file("a.ts"), source);
  await writeFile(place.file("b.ts"), source.replace("start: z.int()", "start: z.string()"));
  const diff = await place.aster("contract diff a.ts:Greeter b.ts:Greeter --json");
  expect(diff.json<Changes>().changes).toMatchObject([
    { kind: "changed", path: "Greeter.countdown.request.start", breaking: true },
  ]);
  expect(diff.stderr).toBe("");
});

test("verify compares an export with a manifest", async () => {
  await using place = await placeWithManifest();
  await place.aster("contract export g.json --out ex");
  const verify = "contract verify ex/Greeter.aster.json --manifest g.json --json";
  expect(await place.aster(verify)).toMatchObject({ code: 0 });
  const text = await readFile(place.file("g.json"), "utf8");
  const { contract_id } = JSON.parse(text);
  await writeFile(place.file("g.json"), text.replace(contract_id, "0".repeat(64)));
  const differs = await place.aster(verify);
  expect(differs.code).toBe(1);
  expect(differs.json()).toMatchObject({ equal: false, contractId: contract_id });
});

test("import keeps an export in the folder of the operator", async () => {
  await using place = await placeWithManifest();
  await place.aster("contract export g.json --out ex");
  const { file } = (await place.aster("contract import ex/Greeter.aster.json --json")).json<{
    file: string;
  }>();
  expect(file.startsWith(place.home)).toBe(true);
  await cp(file, place.file("copy.aster.json"));
  const diff = await place.aster(["contract", "diff", "copy.aster.json", SERVICE, "--json"]);
  expect(diff.json()).toMatchObject({ equal: true });
});

test("export writes JSON Schemas of requests, responses and declared errors", async () => {
  await using place = await placeWithManifest();
  const schema = ["contract", "export", "--format", "json-schema", "--json", "--out"];
  await place.aster([...schema, "a", SERVICE]);
  await place.aster([...schema, "b", "g.json"]);
  const [module, manifest] = await Promise.all(
    ["a", "b"].map(async (folder) =>
      JSON.parse(await readFile(place.file(`${folder}/Greeter.schema.json`), "utf8")),
    ),
  );
  expect(module.methods.sayHello.errors.Unknown.$defs["greeter/Unknown"]).toMatchObject({
    properties: { name: { type: "string" } },
  });
  module.methods.sayHello.errors = {};
  expect(manifest).toEqual(module);
});

test.each([
  ["none.json", "file.missing"],
  ["none.ts:Greeter", "file.missing"],
  [`${GREETER}:None`, "module.export"],
  ["broken.ts:A", "module.failed"],
  ["text.json", "json.malformed"],
  ["other.json", "contract.data"],
])("a source that cannot be read is a usage error: %s", async (source, reason) => {
  await using place = await emptyPlace();
  await writeFile(place.file("broken.ts"), "throw new Error('broken on purpose');");
  await writeFile(place.file("text.json"), "{ a");
  await writeFile(place.file("other.json"), "{}");
  const { code, json } = await place.aster(["contract", "diff", source, source, "--json"]);
  expect([code, json()]).toMatchObject([2, { error: { reason } }]);
});
