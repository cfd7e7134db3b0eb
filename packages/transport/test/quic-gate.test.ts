import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createNode, type GateQuestion, type Node } from "../src/index.ts";
import { answer, call } from "./calls.ts";

const LINKED = ["/iroh-bytes/4", "/iroh-gossip/1", "/iroh-sync/1"];

describe("Gate 0 over QUIC", () => {
  let client: Node;
  let server: Node;
  beforeEach(async () => {
    [client, server] = await Promise.all([createNode(), createNode()]);
  });
  afterEach(async () => {
    await Promise.all([client.close(), server.close()]);
  });

  test("whoever is not admitted is sent away with 403, on every protocol", async () => {
    const questions: GateQuestion[] = [];
    server.accept(["echo"]);
    server.gate((question) => {
      questions.push(question);
      return false;
    });
    for (const alpn of ["echo", ...LINKED]) {
      const connection = await client.connect(server.address(), alpn, { raw: true });
      const ending = await connection.closed;
      expect(ending).toMatchObject({ code: "closed", applicationCode: 403 });
      expect(ending.message).toContain("not admitted");
    }
    expect(questions).toEqual(["echo", ...LINKED].map((alpn) => ({ peer: client.id, alpn })));
    expect(server.stats()).toMatchObject({ connections: 0, nativeHandles: 1 });
  });

  test("a gate that never answers has said no after five seconds", async () => {
    server.accept(["echo"]);
    server.gate(() => new Promise<boolean>(() => {}));
    const before = Date.now();
    const connection = await client.connect(server.address(), "echo");
    const early = call(connection, new Uint8Array(1)).catch((error: unknown) => error);
    expect(await connection.closed).toMatchObject({ applicationCode: 403 });
    expect(await early).toMatchObject({ applicationCode: 403 });
    expect(Date.now() - before).toBeGreaterThan(4_500);
    expect(Date.now() - before).toBeLessThan(7_000);
  });

  test("whoever is admitted is served, calls sent before the answer included", async () => {
    const accepted = server.accept(["echo"]);
    server.gate(() => new Promise((resolve) => setTimeout(resolve, 50, true)));
    const connection = await client.connect(server.address(), "echo");
    const early = call(connection, new Uint8Array(77));
    const { value } = await accepted.next();
    if (value !== undefined) value.accept(answer);
    expect(await early).toBe(77);
  });

  test("blobs, gossip and docs answer on the same endpoint", async () => {
    for (const alpn of LINKED) {
      const connection = await client.connect(server.address(), alpn, { raw: true });
      const outcome = await Promise.race([
        connection.closed,
        new Promise((resolve) => setTimeout(resolve, 100, "served")),
      ]);
      expect(outcome).toBe("served");
      connection.close();
      await connection.closed;
    }
  });
});
