import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNode, formatAddress, type Node } from "../../src/index.ts";
import { call } from "../support/calls.ts";
import { Child } from "../support/child.ts";
import { sleep } from "../support/pair.ts";

const ignore = { frame() {}, end() {}, malformed() {}, stopped() {}, closed() {} };

describe("processes over QUIC", () => {
  let server: Child;
  let address: string;
  let node: Node;
  beforeAll(async () => {
    server = new Child("server");
    address = await server.line();
    node = await createNode({ idleTimeoutMs: 2_000 });
  });
  afterAll(async () => {
    await node.close();
    await server.kill();
  });

  test("a process with idle connections only exits by itself, with code 0", async () => {
    const client = new Child("client", address, "idle");
    expect(await client.exited).toBe(0);
    expect(client.output).toBe("128\n");
  });

  test("a call under way keeps the process alive until it is answered", async () => {
    const client = new Child("client", address, "calling");
    expect(await client.exited).toBe(0);
    expect(client.output).toBe("2000000\n");
  });

  test("a call without an answer keeps the process alive", async () => {
    const client = new Child("client", address, "waiting");
    expect(await client.line()).toBe("calling");
    await sleep(400);
    expect(client.process.exitCode).toBeNull();
    await client.kill();
  });

  test("a process exits quickly and with its exit code while a thousand calls are under way", async () => {
    const client = new Child("client", address, "exit");
    await client.line();
    const before = Date.now();
    expect(await client.exited).toBe(3);
    expect(Date.now() - before).toBeLessThan(15_000);
    expect(client.output).toBe("calling\n");
  });

  test("the loss of a killed peer is detected within the idle timeout", async () => {
    const doomed = new Child("server");
    const connection = await node.connect(await doomed.line(), "silent");
    const lost = call(connection, new Uint8Array(1)).catch((error: unknown) => error);
    const before = Date.now();
    await doomed.kill();
    expect(await lost).toMatchObject({ code: "timeout" });
    expect(await connection.closed).toMatchObject({ code: "timeout" });
    expect(Date.now() - before).toBeLessThan(15_000);
    expect(await call(await node.connect(address, "echo"), new Uint8Array(9))).toBe(9);
  });

  test("a peer that stopped delays the close of a connection and of a node by a bounded time", async () => {
    const stuck = new Child("server");
    const client = await createNode();
    const connection = await client.connect(await stuck.line(), "silent");
    await stuck.stop();
    connection.open(ignore).send(0, new Uint8Array(100_000), true);
    const before = Date.now();
    connection.close();
    expect((await connection.closed).code).toBe("closed");
    expect(Date.now() - before).toBeLessThan(900);
    expect(client.stats()).toMatchObject({ connections: 0, nativeHandles: 2 });
    await client.close();
    expect(Date.now() - before).toBeGreaterThan(900);
    expect(Date.now() - before).toBeLessThan(15_000);
    await stuck.kill();
  });

  test("a process that exits without closing its node still closes its connections", async () => {
    const accepted = node.accept(["silent"]);
    const client = new Child("client", formatAddress(node.address()), "exit");
    const { value: connection } = await accepted.next();
    await client.exited;
    expect(await connection?.closed).toMatchObject({ code: "closed", applicationCode: 0 });
    await accepted.return?.();
  });
});
