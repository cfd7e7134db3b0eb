// config, doctor, bench and completion.
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { emptyPlace } from "./support/aster.ts";
import { asterProcess } from "./support/process.ts";
import { startExamples } from "./support/server.ts";

test("config show names the source of every value and masks secrets", async () => {
  await using place = await emptyPlace();
  const key = "ab".repeat(32);
  await writeFile(place.file("aster.toml"), `[trust]\nroot_pubkey = "${key}"\n`);
  const secret = Buffer.alloc(32, 7).toString("base64");
  const options = { env: { ASTER_SECRET_KEY: secret } };
  const { stdout, json } = await place.aster("config show --relay disabled --json", options);
  expect(json()).toMatchObject({
    values: {
      "trust.rootPubkey": { value: key, from: `file ${place.file("aster.toml")}` },
      "network.secretKey": { from: "env ASTER_SECRET_KEY" },
      "network.relayMode": { value: "disabled", from: "argument" },
      "connect.endpointAddr": { value: null, from: "default" },
    },
  });
  expect(stdout).not.toContain(secret);
});

test("doctor checks this machine and a peer", async () => {
  await using place = await emptyPlace();
  await using server = await startExamples();
  const { code, json } = await place.aster(["doctor", server.address, "--json"]);
  const { checks } = json<{ checks: { name: string; ok: boolean }[] }>();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain("peer");
  expect(code).toBe(0);
  await writeFile(place.file(".aster-identity"), "[node]\n", { mode: 0o600 });
  const broken = await place.aster("doctor --json");
  expect(broken.code).toBe(1);
  const found = broken.json<{ checks: object[] }>().checks;
  expect(found).toContainEqual({
    name: "identity",
    ok: false,
    detail: expect.stringContaining("not an identity file"),
    hint: expect.stringMatching(/./),
  });
});

test("bench measures unary methods and server streams", async () => {
  await using place = await emptyPlace();
  await using server = await startExamples();
  const bench = ["bench", server.address, "--seconds", "0.1", "--json"];
  const unary = await place.aster([...bench, "Greeter.sayHello", "--mode", "xlang"]);
  const figures = {
    callsPerSecond: expect.any(Number),
    p50Ms: expect.any(Number),
    p99Ms: expect.any(Number),
  };
  expect(unary.json()).toEqual({
    unary: [1, 16, 64].map((concurrency) => ({ concurrency, ...figures })),
    stream: null,
  });
  const stream = await place.aster([...bench, "Greeter.countdown", '{"start":50}']);
  expect(stream.json()).toEqual({ unary: [], stream: { messagesPerSecond: expect.any(Number) } });
  expect((await place.aster([...bench, "Greeter.add"])).code).toBe(2);
});

test("completion prints scripts, and completes commands and options", async () => {
  await using place = await emptyPlace();
  const run = (...args: string[]) => asterProcess(args, { cwd: place.path });
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await run("completion", shell);
    expect(code).toBe(0);
    expect(stdout).toContain("aster complete --");
  }
  expect((await run("complete", "--", "contract", "")).stdout).toMatch(/^gen-client\t/m);
  expect((await run("complete", "--", "enroll", "node", "--")).stdout).toMatch(/^--role\t/m);
  expect((await run("completion", "tcsh")).code).toBe(2);
}, 120_000);
