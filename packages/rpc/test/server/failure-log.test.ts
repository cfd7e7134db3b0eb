// The report of a handler's failure on the server.
import { createLocalClient, type ServerFault } from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { afterEach, describe, expect, test, vi } from "vitest";
import { failure } from "../support/outcomes.ts";
import { local, ways } from "../support/pairs.ts";
import { Probe, probe } from "../support/probe.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs `work` and returns its warnings, as Node.js prints them. */
async function printed(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error & { detail?: string }) => {
    warnings.push([String(warning), warning.detail].filter(Boolean).join("\n"));
  };
  process.on("warning", listen);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  return warnings;
}

/** Calls a handler that throws, and returns the error id of the caller. */
async function crash(options: object = {}): Promise<string | undefined> {
  const server = new Server({ services: [probe()], ...options });
  const error = await failure(createLocalClient(Probe, server).crash({ text: "two\nlines" }));
  server.close();
  return /\[([0-9a-f]{16})\]/.exec(error.rawMessage)?.[1];
}

test("is printed with id, cause and stack by default", async () => {
  let id: string | undefined;
  const [warning = "", ...more] = await printed(async () => {
    id = await crash();
  });
  expect(more).toEqual([]);
  expect(warning).toContain(
    `AsterHandlerError: Probe.crash failed [${id}]\nError: secret two\nlines`,
  );
  expect(warning).toMatch(/\n {4}at .*crash.*probe\.ts/);
});

test("is printed in one line under NODE_ENV=production", async () => {
  vi.stubEnv("NODE_ENV", "production");
  let id: string | undefined;
  const warnings = await printed(async () => {
    id = await crash();
  });
  expect(warnings).toEqual([`AsterHandlerError: Probe.crash failed [${id}]: Error: secret two`]);
});

test("goes to onError instead, if there is one", async () => {
  const faults: ServerFault[] = [];
  const onError = (fault: ServerFault) => void faults.push(fault);
  expect(await printed(() => crash({ onError }))).toEqual([]);
  expect(faults).toHaveLength(1);
});

describe.each(ways)("$title", ({ pair, mode }) => {
  test("names the field of a response of the wrong shape, which the caller does not learn", async () => {
    const faults: ServerFault[] = [];
    await using opened = await pair.open({ services: [probe()], onError: (f) => faults.push(f) });
    const error = await failure(opened.client(Probe, { serialization: mode }).wrong({}));
    expect(String(faults[0]?.cause)).toContain("probe/Text.text");
    expect(error.rawMessage).toContain("does not fit its type");
    expect(JSON.stringify([error.message, error.details])).not.toContain("text");
  });
});

test("prints the field of a response of the wrong shape", async () => {
  const [warning] = await printed(async () => {
    await using opened = await local.open({ services: [probe()] });
    await failure(opened.client(Probe).wrong({}));
  });
  expect(warning).toContain("probe/Text.text");
});
