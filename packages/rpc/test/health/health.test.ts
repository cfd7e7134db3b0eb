import { createServer } from "node:net";
import { AsterServer, createLocalClient, openGate, StatusCode } from "@aster/rpc";
import { memoryNetwork } from "@aster/transport";
import { expect, test } from "vitest";
import { Journal, Probe, probe } from "../support/probe.ts";

const start = async (options: { healthPort?: number } = {}) =>
  AsterServer.start({
    services: [probe(new Journal())],
    gate: openGate(),
    node: await memoryNetwork().createNode(),
    ...options,
  });

const ask = async (server: AsterServer, path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.healthPort}${path}`);
  return [response.status, await response.text()] as const;
};

test("answers health and readiness over HTTP until the server closes", async () => {
  const server = await start({ healthPort: 0 });
  const [code, body] = await ask(server, "/healthz");
  expect(code).toBe(200);
  expect(body).toMatch(/^\{\n {2}"status": "ok",\n {2}"uptime_s": [0-9.]+\n\}$/);
  const ready = '{\n  "status": "ready",\n  "services": 1,\n  "registry": false\n}';
  expect(await ask(server, "/readyz")).toEqual([200, ready]);
  expect(await ask(server, "/other")).toEqual([404, '{\n  "error": "not found"\n}']);
  server.health.set(false);
  expect((await ask(server, "/healthz"))[0]).toBe(503);
  expect(await ask(server, "/readyz")).toEqual([503, ready.replace('"ready"', '"not_ready"')]);
  server.health.set(true);
  const { healthPort } = server;
  const running = createLocalClient(Probe, server).sleep({ n: 1000 });
  await expect.poll(() => server.stats().calls).toBe(1);
  const closed = server.close();
  const codes = await Promise.all(["/healthz", "/readyz"].map((path) => ask(server, path)));
  expect(codes.map(([code]) => code)).toEqual([200, 503]);
  await running;
  await closed;
  await expect(fetch(`http://127.0.0.1:${healthPort}/healthz`)).rejects.toThrow();
});

test("reports the status of each service, and of none while the server is not serving", async () => {
  await using server = await start();
  const { health } = server;
  expect(server.healthPort).toBeUndefined();
  expect([health.status(), health.status("Probe"), health.status("Other")]).toEqual([
    "SERVING",
    "SERVING",
    "SERVICE_UNKNOWN",
  ]);
  health.set(false, "Probe");
  expect([health.status(), health.status("Probe")]).toEqual(["SERVING", "NOT_SERVING"]);
  expect(() => health.set(true, "Other")).toThrow(
    'option service must be one of Probe, got "Other"',
  );
  health.set(true, "Probe");
  const closed = server.close();
  expect([health.status(), health.status("Probe")]).toEqual(["NOT_SERVING", "NOT_SERVING"]);
  await closed;
});

test("fails to start when the health port is taken", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  await expect(start({ healthPort: port })).rejects.toMatchObject({
    code: StatusCode.FAILED_PRECONDITION,
  });
  other.close();
});
