// Clients of the health endpoint that hold connections or come from elsewhere.
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { AsterServer, openGate } from "@aster/rpc";
import { memoryNetwork } from "@aster/transport";
import { afterEach, expect, test } from "vitest";
import { probe } from "../support/probe.ts";

let server: AsterServer;
const sockets: Socket[] = [];

const start = async (hosts?: readonly string[]): Promise<number> => {
  server = await AsterServer.start({
    services: [probe()],
    gate: openGate(),
    node: await memoryNetwork().createNode(),
    healthPort: { port: 0, ...(hosts === undefined ? {} : { hosts }) },
  });
  return server.healthPort as number;
};

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly allow: string | undefined;
  readonly body: string;
}

const ask = (port: number, method = "GET", host?: string) =>
  new Promise<Answer>((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const sent = request({ port, host: "127.0.0.1", path: "/healthz", method, headers }, (from) => {
      let body = "";
      from.on("data", (text) => {
        body += text;
      });
      from.on("end", () => resolve({ status: from.statusCode, allow: from.headers.allow, body }));
    });
    sent.on("error", reject);
    sent.end();
  });

/** Opens connections and counts those that the endpoint has closed. */
function hold(port: number, count: number, text: string): { closed: number } {
  const held = { closed: 0 };
  for (let i = 0; i < count; i++) {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      held.closed += 1;
    });
    socket.write(text);
    socket.resume();
  }
  return held;
}

test("keeps at most 64 of 500 slow connections and answers others meanwhile", async () => {
  const port = await start();
  const held = hold(port, 500, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  await expect.poll(() => held.closed, { timeout: 5_000 }).toBe(500 - 64);
  expect((await ask(port)).status).toBe(200);
});

test("closes connections whose request does not arrive in time", { timeout: 20_000 }, async () => {
  const port = await start();
  const held = hold(port, 3, "GET /healthz HTTP/1.1\r\n");
  const silent = hold(port, 1, "");
  await expect.poll(() => held.closed, { timeout: 10_000 }).toBe(3);
  await expect.poll(() => silent.closed, { timeout: 15_000 }).toBe(1);
});

test("refuses headers of more than 8 KiB", async () => {
  const port = await start();
  const held = hold(port, 1, `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${"x".repeat(10_000)}`);
  await expect.poll(() => held.closed).toBe(1);
});

test("answers GET and HEAD only", async () => {
  const port = await start();
  expect(await ask(port, "HEAD")).toMatchObject({ status: 200, body: "" });
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    expect(await ask(port, method)).toMatchObject({ status: 405, allow: "GET, HEAD" });
  }
});

test("answers for its own hosts only", async () => {
  const port = await start(["Metrics.example.org"]);
  for (const host of ["localhost:1", "10.0.0.7:80", "[::1]:80", "metrics.example.org"]) {
    expect(await ask(port, "GET", host)).toMatchObject({ status: 200 });
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]) {
    expect(await ask(port, "GET", host)).toMatchObject({ status: 421 });
  }
});

test("refuses bad hosts as an option", async () => {
  const port = await start();
  const hosts = "metrics.example.org" as unknown as string[];
  const bad = AsterServer.start({ services: [probe()], healthPort: { port, hosts } });
  await expect(bad).rejects.toMatchObject({ details: { option: "healthPort.hosts" } });
});
