import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createNode, type GateQuestion, type Node } from "../../src/index.ts";
import { answer, call } from "../support/calls.ts";
import { eventually } from "../support/pair.ts";

const LINKED = ["/iroh-bytes/4", "/iroh-gossip/1", "/iroh-sync/1"];

describe("the gate over QUIC", () => {
  let client: Node;
  let server: Node;
  beforeEach(async () => {
    [client, server] = await Promise.all([
      createNode(),
      createNode({ protocols: ["blobs", "docs", "gossip"] }),
    ]);
  });
  afterEach(async () => {
    await Promise.all([client.close(), server.close()]);
  });

  test("closes a refused connection with code 403, on every protocol", async () => {
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

  test("refuses a peer after five seconds without a decision", async () => {
    server.accept(["echo"]);
    server.gate(() => new Promise<boolean>(() => {}));
    const before = Date.now();
    const connection = await client.connect(server.address(), "echo");
    const early = call(connection, new Uint8Array(1)).catch((error: unknown) => error);
    expect(await connection.closed).toMatchObject({ applicationCode: 403 });
    expect(await early).toMatchObject({ applicationCode: 403 });
    expect(Date.now() - before).toBeGreaterThan(4_500);
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  test("peers that wait for a slow gate do not block other peers", async () => {
    let asked = 0;
    server.gate(() => {
      asked += 1;
      return asked > 64 || new Promise<boolean>(() => {});
    });
    const accepted = server.accept(["echo"]);
    let refused = 0;
    const dials = Array.from({ length: 64 }, async () => {
      await (await client.connect(server.address(), "echo")).closed;
      refused += 1;
    });
    await eventually("the gate was asked about all", () => asked === 64);
    const connection = await client.connect(server.address(), "echo");
    (await accepted.next()).value?.accept(answer);
    expect(await call(connection, new Uint8Array(5))).toBe(5);
    expect(refused).toBe(0);
    await client.close();
    await Promise.all(dials);
  });

  test("an allow-list decides about linked protocols, and ends their connections", async () => {
    const list = server.closeGate({ openAlpns: [] });
    for (const alpn of LINKED) {
      const refused = await client.connect(server.address(), alpn, { raw: true });
      expect(await refused.closed).toMatchObject({ applicationCode: 403 });
    }
    list.allow(client.id);
    await linkedProtocolsServe();
    const dial = (alpn: string) => client.connect(server.address(), alpn, { raw: true });
    const held = await Promise.all(LINKED.map(dial));
    await eventually("all are served", () => server.stats().connections === LINKED.length);
    list.remove(client.id);
    for (const connection of held) {
      expect(await connection.closed).toMatchObject({ applicationCode: 403 });
    }
    await eventually("none is left", () => server.stats().connections === 0);
    expect(server.stats()).toMatchObject({ refused: LINKED.length, nativeHandles: 1 });
  });

  test("a node that is opened closed refuses every peer until a list admits it", async () => {
    await using closed = await createNode({ protocols: ["gossip"], closed: true });
    closed.accept(["echo"]);
    for (const alpn of ["echo", "/iroh-gossip/1"]) {
      const refused = await client.connect(closed.address(), alpn, { raw: true });
      expect(await refused.closed).toMatchObject({ applicationCode: 403 });
    }
    closed.closeGate({ openAlpns: [] }).allow(client.id);
    const connection = await client.connect(closed.address(), "/iroh-gossip/1", { raw: true });
    await eventually("it is served", () => closed.stats().connections === 1);
    connection.close();
    await expect(createNode({ closed: 1 as unknown as boolean })).rejects.toMatchObject({
      code: "option",
    });
  });

  test("tells the address of a peer that connects", async () => {
    const accepted = server.accept(["echo"]);
    const connection = await client.connect(server.address(), "echo");
    const { value } = await accepted.next();
    expect(value?.remoteAddress).toMatch(/^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):[1-9]\d*$/);
    const [, port] = /:(\d+)$/.exec(value?.remoteAddress ?? "") ?? [];
    const ports = client.address().directAddresses.map((address) => address.replace(/.*:/, ""));
    expect(ports).toContain(port);
    expect(connection.remoteAddress).toBeUndefined();
  });

  test("serves an admitted peer, including calls that it sent before the decision", async () => {
    const accepted = server.accept(["echo"]);
    server.gate(() => new Promise((resolve) => setTimeout(resolve, 50, true)));
    const connection = await client.connect(server.address(), "echo");
    const early = call(connection, new Uint8Array(77));
    const { value } = await accepted.next();
    if (value !== undefined) value.accept(answer);
    expect(await early).toBe(77);
  });

  test("accepts blobs, gossip and docs on the same endpoint", async () => {
    await linkedProtocolsServe();
  });

  test("counts the connections of linked protocols, and refuses the ninth of a peer", async () => {
    const dial = () => client.connect(server.address(), "/iroh-gossip/1", { raw: true });
    const held = await Promise.all(Array.from({ length: 8 }, dial));
    await eventually("all are counted", () => server.stats().connections === 8);
    const ending = await (await dial()).closed;
    expect(ending).toMatchObject({ code: "closed", applicationCode: 8 });
    expect(ending.message).toContain("too many connections");
    for (const connection of held) connection.close();
    await eventually("none is counted", () => server.stats().connections === 0);
    const again = await dial();
    await eventually("it is counted", () => server.stats().connections === 1);
    again.close();
  });

  test("without the option a node accepts no linked protocol, and without a listener nothing", async () => {
    await using other = await createNode();
    const caller = await createNode({ protocols: [] });
    for (const alpn of [...LINKED, "echo"]) {
      await expect(other.connect(caller.address(), alpn, { raw: true })).rejects.toMatchObject({
        code: "connect",
        message: expect.stringMatching(/does not accept this protocol \(ALPN\), or no connection/),
      });
    }
    caller.accept(["echo"]);
    for (const alpn of LINKED) {
      await expect(other.connect(caller.address(), alpn, { raw: true })).rejects.toMatchObject({
        code: "connect",
        message: expect.stringMatching(/does not accept this protocol \(ALPN\)$/),
      });
    }
    expect(caller.stats()).toMatchObject({ connections: 0, nativeHandles: 1 });
    await caller.close();
  });

  test("accepts them, and asks the gate, while the program takes no connections", async () => {
    const asked: string[] = [];
    server.gate(({ alpn }) => {
      asked.push(alpn);
      return true;
    });
    server.accept(["echo"]);
    const dials = Array.from({ length: 400 }, () =>
      client.connect(server.address(), "echo", { timeoutMs: 60_000 }).catch(() => {}),
    );
    await eventually("64 wait", () => server.stats().connections === 64);
    await linkedProtocolsServe();
    expect(asked).toEqual(expect.arrayContaining(LINKED));
    // the program has taken none in the meantime
    await eventually("the linked ones have left", () => server.stats().connections === 64);
    await client.close();
    await Promise.all(dials);
  }, 30_000);

  async function linkedProtocolsServe(): Promise<void> {
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
  }
});
