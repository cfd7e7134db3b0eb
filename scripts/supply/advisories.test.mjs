// pnpm audit against a registry that knows one planted vulnerability.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { npmAdvisories } from "./advisories.mjs";

let registry;
afterEach(() => registry?.kill());

/** Starts a registry in a process of its own, because the audit blocks this one. */
async function registryWith(status, answer) {
  const program = `
    require("node:http").createServer((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(${status}, { "content-type": "application/json" });
        response.end(${JSON.stringify(JSON.stringify(answer))});
      });
    }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;
  registry = spawn(process.execPath, ["--input-type=commonjs", "--eval", program]);
  const [port] = await once(registry.stdout, "data");
  return [`--config.registry=http://127.0.0.1:${Number(port)}/`];
}

const advisory = (severity) => ({
  ...{ id: 1, severity, title: "a planted fault", vulnerable_versions: ">=0" },
  ...{ url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc", cwe: [], cvss: { score: 0 } },
});

test("reports a vulnerability in a package of the lock file", async () => {
  const args = await registryWith(200, { zod: [advisory("high")], other: [advisory("high")] });
  const { breaches } = npmAdvisories(process.env, args);
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toMatch(/^zod >=0: a planted fault \(high, .*GHSA-aaaa-bbbb-cccc/);
});

test("leaves minor ones to the reader of pnpm audit", async () => {
  const args = await registryWith(200, { zod: [advisory("low")] });
  expect(npmAdvisories(process.env, args)).toEqual({ breaches: [] });
});

test("passes without advisories, and says so when the registry does not answer", async () => {
  expect(npmAdvisories(process.env, await registryWith(200, {}))).toEqual({ breaches: [] });
  registry.kill();
  expect(npmAdvisories(process.env, await registryWith(405, {}))).toEqual({
    untested: expect.stringContaining("the npm registry has no audit"),
  });
});
