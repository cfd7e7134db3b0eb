import { readdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { expect, test } from "vitest";
import { hasKnownFault, SUPPORTED_NODE } from "../../src/node-version.ts";

const root = new URL("../../../../", import.meta.url);

const manifests = [
  ...readdirSync(new URL("packages/", root)).map((name) => `packages/${name}/package.json`),
  "crates/native/package.json",
];

test.each(manifests)("%s requires the same Node as the check at the start", (path) => {
  const { engines } = JSON.parse(readFileSync(new URL(path, root), "utf8")) as {
    readonly engines: unknown;
  };
  expect(engines).toEqual({ node: SUPPORTED_NODE });
});

test.each(["22.22.2", "22.23.0", "24.14.1", "24.21.0", "25.8.2", "25.9.0", "26.0.0", "20.20.2"])(
  "Node %s has the fixes",
  (version) => {
    expect(hasKnownFault(version)).toBe(false);
  },
);

test.each(["18.20.8", "20.20.1", "21.7.3", "22.15.0", "22.22.1", "23.11.1", "24.4.0", "24.14.0"])(
  "Node %s lacks the fixes",
  (version) => {
    expect(hasKnownFault(version)).toBe(true);
  },
);

// CVE-2026-21710, fixed in the same releases
test("the Node of this run reads a header called __proto__", async () => {
  expect(hasKnownFault(process.versions.node)).toBe(false);
  const server = createServer((from, to) => to.end(Object.keys(from.headersDistinct).join()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const names = await new Promise<string>((resolve, reject) => {
    const headers = Object.fromEntries([["__proto__", "x"]]);
    const sent = request({ port, host: "127.0.0.1", headers }, (answer) => {
      answer.setEncoding("utf8").on("data", resolve);
    });
    sent.on("error", reject).end();
  });
  expect(names).toContain("__proto__");
  server.close();
});
