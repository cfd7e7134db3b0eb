// The messages between a page and `aster console`.
import type { BridgeMessage, PageMessage } from "@aster/console/protocol";
import type { AsterServer } from "@aster/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { emptyPlace, type Place } from "../support/aster.ts";
import { startExamples } from "../support/server.ts";
import { builtPage, startConsole } from "./support.ts";

let server: AsterServer;
beforeAll(async () => {
  server = await startExamples({ healthPort: 0 });
  await builtPage();
}, 240_000);
afterAll(() => server.close());

type Kind = BridgeMessage["type"];
type Received<K extends Kind> = Extract<BridgeMessage, { type: K }>;

/** A page without a browser. */
class TestPage {
  readonly received: BridgeMessage[] = [];
  readonly #socket: WebSocket;
  closeCode: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.received.push(JSON.parse(String(data)) as BridgeMessage));
    socket.on("close", (code) => {
      this.closeCode = code;
    });
  }

  send(message: PageMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  of<K extends Kind>(type: K): Received<K>[] {
    return this.received.filter((message): message is Received<K> => message.type === type);
  }

  async nth<K extends Kind>(type: K, count = 1): Promise<Received<K>> {
    await expect.poll(() => this.of(type).length).toBeGreaterThanOrEqual(count);
    return this.of(type)[count - 1] as Received<K>;
  }
}

async function open(place: Place, args: readonly string[]) {
  const running = await startConsole(place, args);
  const { headers } = await fetch(running.url);
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  const socket = new WebSocket(`${running.origin.replace("http", "ws")}/bridge`, {
    headers: { cookie, origin: running.origin },
  });
  const page = new TestPage(socket);
  return {
    page,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await running.stop();
    },
  };
}

const call = { type: "call", metadata: [], credit: 100 } as const;
const sayHello = { ...call, service: "Greeter", method: "sayHello", pattern: "unary" } as const;
const countdown = {
  ...call,
  service: "Greeter",
  method: "countdown",
  pattern: "server_stream",
} as const;
const add = { ...call, service: "Greeter", method: "add", pattern: "client_stream" } as const;
const each = { ...call, service: "Counter", method: "each", pattern: "bidi_stream" } as const;

test("a page learns the services with their schemas, and calls", async () => {
  await using place = await emptyPlace();
  await using opened = await open(place, [server.address]);
  const { page } = opened;
  await page.nth("peer", 2);
  const { peer } = page.of("peer").at(-1) as Received<"peer">;
  expect(peer).toMatchObject({
    state: "connected",
    services: [
      { name: "Counter", scoped: "session" },
      {
        name: "Greeter",
        described: true,
        contractId: server.contracts.Greeter,
        methods: expect.arrayContaining([
          expect.objectContaining({
            name: "sayHello",
            pattern: "unary",
            idempotent: true,
            permitted: true,
            request: expect.objectContaining({
              $defs: {
                "greeter/Hello": expect.objectContaining({
                  properties: { name: { type: "string", default: "World" } },
                }),
              },
            }),
          }),
        ]),
      },
    ],
  });
  page.send({ ...sayHello, id: 1, request: '{"name":"<b>"}' });
  expect(JSON.parse((await page.nth("reply")).reply)).toEqual({
    message: "Hello, <b>!",
    letter_count: 3,
  });
  expect((await page.nth("ended")).error).toBeUndefined();
  page.send({ ...sayHello, id: 2, request: '{"name":"ghost"}' });
  expect((await page.nth("ended", 2)).error?.declared).toEqual({
    type: "greeter/Unknown",
    data: { name: "ghost" },
  });
  page.send({ ...sayHello, id: 3, request: '{"nom":"Ada"}' });
  expect((await page.nth("ended", 3)).error?.reason).toBe("request.invalid");
  page.send({ ...sayHello, id: 4, request: '{"name":"metadata"}', metadata: [["who", "Eve"]] });
  expect((await page.nth("reply", 2)).reply).toContain("Hello, Eve!");
}, 60_000);

test("a stream sends no more than its credit, and nothing while it is paused", async () => {
  await using place = await emptyPlace();
  await using opened = await open(place, [server.address]);
  const { page } = opened;
  await page.nth("peer", 2);
  page.send({ ...countdown, id: 1, credit: 3, request: '{"start":1000}' });
  await page.nth("reply", 3);
  // a call is answered after what was sent before it
  page.send({ ...sayHello, id: 2, request: "{}" });
  await page.nth("ended");
  const ofStream = () => page.of("reply").filter(({ id }) => id === 1).length;
  expect(ofStream()).toBe(3);
  page.send({ type: "flow", id: 1, credit: 5, paused: true });
  page.send({ ...sayHello, id: 3, request: "{}" });
  await page.nth("ended", 2);
  expect(ofStream()).toBe(3);
  page.send({ type: "flow", id: 1, credit: 0, paused: false });
  await expect.poll(ofStream).toBe(8);
  page.send({ type: "cancel", id: 1 });
  expect(await page.nth("ended", 3)).toMatchObject({ id: 1, error: { status: "CANCELLED" } });
}, 60_000);

test("requests of a stream are taken, refused and ended", async () => {
  await using place = await emptyPlace();
  await using opened = await open(place, [server.address]);
  const { page } = opened;
  await page.nth("peer", 2);
  page.send({ ...add, id: 1 });
  for (const request of ['{"left":1}', '{"left":2}']) page.send({ type: "send", id: 1, request });
  await page.nth("taken", 2);
  page.send({ type: "send", id: 1, request: '{"left":"x"}' });
  expect((await page.nth("refused")).error.reason).toBe("request.invalid");
  page.send({ type: "end", id: 1 });
  expect((await page.nth("reply")).reply).toBe('{"steps":3}');
}, 60_000);

test("calls of a session share its state, and end with it", async () => {
  await using place = await emptyPlace();
  await using opened = await open(place, [server.address]);
  const { page } = opened;
  await page.nth("peer", 2);
  page.send({ type: "openSession", session: 1, service: "Counter" });
  // waits until the session is open
  page.send({ ...each, id: 1, session: 1 });
  for (const left of [2, 3]) page.send({ type: "send", id: 1, request: `{"left":${left}}` });
  await page.nth("reply", 2);
  expect(page.of("reply").map(({ reply }) => reply)).toEqual(['{"steps":2}', '{"steps":5}']);
  page.send({ type: "end", id: 1 });
  await page.nth("ended");
  page.send({ type: "closeSession", session: 1 });
  await expect.poll(() => page.of("session").map(({ state }) => state)).toEqual(["open", "closed"]);
  page.send({ ...each, id: 2, session: 1 });
  expect((await page.nth("ended", 2)).error?.reason).toBe("session.missing");
  page.send({ type: "openSession", session: 2, service: "Greeter" });
  await expect
    .poll(() => page.of("session").at(-1))
    .toMatchObject({
      state: "failed",
      error: { status: "FAILED_PRECONDITION" },
    });
}, 60_000);

test("a page connects to a peer by itself, and sees why it cannot", async () => {
  await using place = await emptyPlace();
  await using opened = await open(place, ["--timeout", "20"]);
  const { page } = opened;
  expect((await page.nth("peer")).peer.state).toBe("none");
  page.send({ type: "connect", address: "aster1nonsense" });
  expect((await page.nth("peer", 3)).peer).toMatchObject({
    state: "failed",
    error: { reason: "transport.address" },
  });
  page.send({ type: "connect", address: server.address });
  expect((await page.nth("peer", 5)).peer.state).toBe("connected");
}, 60_000);

test("the metrics of the peer are read while a page watches", async () => {
  await using place = await emptyPlace();
  const url = `http://127.0.0.1:${server.healthPort}`;
  await using opened = await open(place, [server.address, "--metrics", url]);
  const { page } = opened;
  expect((await page.nth("welcome")).metrics).toBe(true);
  page.send({ ...sayHello, id: 1, request: "{}" });
  await page.nth("ended");
  page.send({ type: "watch", on: true });
  const { metrics } = await page.nth("metrics");
  expect(metrics.started).toBeGreaterThan(0);
  expect(metrics.succeeded).toBeGreaterThan(0);
  expect(metrics.connections).toBeGreaterThan(0);
}, 60_000);

test.each(["{", '{"type":"other"}', '{"type":"cancel","id":0}'])(
  "a message that is not of the page closes its bridge: %s",
  async (text) => {
    await using place = await emptyPlace();
    await using opened = await open(place, [server.address]);
    await opened.page.nth("welcome");
    opened.page.sendText(text);
    await expect.poll(() => opened.page.closeCode).toBe(1008);
  },
  60_000,
);
