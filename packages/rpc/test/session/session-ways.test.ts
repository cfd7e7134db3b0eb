// Sessions by name, by manifest, with a decorated class, and inside one process.
import { manifestOf, manifestText, parseManifest } from "@aster/contract/model";
import {
  AsterServer,
  clientStream,
  createLocalSession,
  defineService,
  implement,
  rpc,
  StatusCode,
  serverStream,
  service,
  unary,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { collect, failure } from "../support/outcomes.ts";
import { Item, Journal, Probe, probe } from "../support/probe.ts";
import { Tally, tally } from "../support/session-probe.ts";

describe("without a definition", () => {
  const manifest = parseManifest(manifestText(manifestOf(Tally)));

  test.each(["by name", "by manifest"])(
    "%s: calls four patterns on one state, and ends",
    async (how) => {
      const journal = new Journal();
      await using pair = await servicePair({ services: [tally(journal)] });
      if (how === "by name") {
        const session = await pair.client.session("Tally");
        expect(await session.add?.({ n: 2 })).toMatchObject({ n: 2 });
        expect(await session.sum?.clientStream([{ n: 1 }, { n: 1 }])).toMatchObject({ n: 4 });
        expect(await collect(session.count?.stream({ n: 2 }))).toMatchObject([{ n: 0 }, { n: 1 }]);
        expect(await collect(session.chat?.bidi([{ n: 6 }]))).toMatchObject([{ n: 10 }]);
        await session.close();
        expect(await session.closed).toBeUndefined();
      } else {
        await using session = await pair.client.session("Tally", { manifest });
        expect(await session.add?.({ n: 2 })).toMatchObject({ n: 2 });
        expect(session.add?.manifest?.pattern).toBe("unary");
        expect(await collect(session.count?.stream({ n: 2 }))).toMatchObject([{ n: 0 }, { n: 1 }]);
        const { code } = await failure(session.add?.({ n: 2, bogus: 1 } as never));
        expect(code).not.toBe(StatusCode.OK);
        expect(await session.add?.({ n: 8 })).toMatchObject({ n: 10 });
      }
      await journal.wrote("closed with 10 in 1");
    },
  );

  test("calls nothing when it is awaited, and leaves unknown methods to the server", async () => {
    await using pair = await servicePair({ services: [tally()] });
    const session = await pair.client.session("Tally");
    expect(await session).toBe(session);
    expect((await failure(session.nope?.({}))).code).toBe(StatusCode.UNIMPLEMENTED);
    expect((await session.closed)?.code).toBe(StatusCode.UNIMPLEMENTED);
  });

  test("lets the server refuse a shared service", async () => {
    await using pair = await servicePair({ services: [probe()] });
    const session = await pair.client.session("Probe");
    const error = await failure(session.echo?.({ text: "x" }));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(error.rawMessage).toContain("'Probe' is shared");
  });

  test("lets the server refuse a session-scoped service without a session", async () => {
    await using pair = await servicePair({ services: [tally()] });
    const error = await failure(pair.client.proxy("Tally").add?.({ n: 1 }));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(error.rawMessage).toContain("'Tally' is session-scoped");
  });
});

describe("a decorated class", () => {
  const peers: string[] = [];

  @service({ scoped: "session" })
  class Basket {
    readonly #peer: string;
    #items: number[] = [];

    constructor(peer: string) {
      this.#peer = peer;
    }

    @rpc(Item, Item)
    async put({ n }: { n: number }) {
      this.#items.push(n);
      return { n: this.#items.length };
    }

    @serverStream(Item, Item)
    async *list(_: { n: number }) {
      for (const n of this.#items) yield { n };
    }

    @clientStream(Item, Item)
    async putAll(items: AsyncIterable<{ n: number }>) {
      for await (const { n } of items) this.#items.push(n);
      return { n: this.#items.length };
    }

    onSessionClose() {
      peers.push(this.#peer);
    }
  }

  test("is constructed once per session, with its peer", async () => {
    await using pair = await servicePair({ services: [Basket] });
    const [one, other] = [await pair.client.session(Basket), await pair.client.session(Basket)];
    expect(await one.put({ n: 5 })).toMatchObject({ n: 1 });
    expect(await one.putAll([{ n: 6 }, { n: 7 }])).toMatchObject({ n: 3 });
    expect(await other.put({ n: 1 })).toMatchObject({ n: 1 });
    expect((await collect(one.list({ n: 0 }))).map(({ n }) => n)).toEqual([5, 6, 7]);
    await one.close();
    await expect.poll(() => peers).toEqual([pair.client.node.id]);
  });

  test("is passed as the class, not as an instance", () => {
    expect(() => new Server({ services: [new Basket("x")] })).toThrow(
      /every session needs its own instance/,
    );
  });
});

describe("inside one process", () => {
  test.each([true, false])("wireCompatible: %s", async (wireCompatible) => {
    const journal = new Journal();
    const server = new Server({ services: [tally(journal)] });
    const session = createLocalSession(Tally, server, { wireCompatible });
    const calls = [1, 2, 3].map((n) => session.add({ n }));
    expect((await Promise.all(calls)).map(({ n }) => n)).toEqual([1, 3, 6]);
    expect((await session.sum([{ n: 1 }, { n: 1 }])).n).toBe(8);
    expect((await collect(session.chat([{ n: 1 }, { n: 1 }]))).map(({ n }) => n)).toEqual([9, 10]);
    for await (const { n } of session.endless({ n: 1 })) if (n === 2) break;
    expect((await failure(session.fail({ n: 0 }))).code).toBe(StatusCode.ABORTED);
    expect((await session.add({ n: 0 })).n).toBe(10);
    await session.close();
    await journal.wrote("closed with 10 in 1");
    await expect.poll(() => server.stats()).toMatchObject({ calls: 0, sessions: 0 });
    server.close();
  });

  test.each([true, false])(
    "keeps the requests of a stream that waits for its turn, wireCompatible: %s",
    async (wireCompatible) => {
      const server = new Server({ services: [tally()] });
      await using session = createLocalSession(Tally, server, { wireCompatible });
      const first = session.add({ n: 1 });
      const sum = session.sum([{ n: 1 }, { n: 2 }, { n: 3 }]);
      const chat = collect(session.chat([{ n: 1 }, { n: 1 }]));
      expect([(await first).n, (await sum).n]).toEqual([1, 7]);
      expect((await chat).map(({ n }) => n)).toEqual([8, 9]);
      server.close();
    },
  );

  test("passes the value itself", async () => {
    const seen: unknown[] = [];
    const Same = defineService("Same", { scoped: "session" }, { echo: unary(Item, Item) });
    const same = implement(Same, () => ({
      echo(item) {
        seen.push(item);
        return item;
      },
    }));
    const server = new Server({ services: [same] });
    await using session = createLocalSession(Same, server, { wireCompatible: false });
    const values = [1, 2, 3].map((n) => ({ n, payload: "" }));
    const replies = await Promise.all(values.map((value) => session.echo(value)));
    for (const [index, value] of values.entries()) {
      expect(seen[index]).toBe(value);
      expect(replies[index]).toBe(value);
    }
    server.close();
  });
});

describe("an AsterClient refuses before anything is sent", () => {
  const Closing = defineService("Closing", { scoped: "session" }, { close: unary(Item, Item) });

  test("a service that is not offered, or has another contract", async () => {
    await using pair = await servicePair({ services: [tally()] });
    expect((await failure(pair.client.session(Closing))).code).toBe(StatusCode.NOT_FOUND);
    const Other = defineService("Tally", { scoped: "session" }, { add: unary(Item, Item) });
    const error = await failure(pair.client.session(Other, { checkContract: "equal" }));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    const session = await pair.client.session(Other, { checkContract: false });
    expect(await session.add({ n: 1 })).toMatchObject({ n: 1 });
  });

  test("the wrong scope", async () => {
    await using pair = await servicePair({ services: [tally(), probe()] });
    expect(await failure(pair.client.session(Probe as never))).toMatchObject({
      code: StatusCode.FAILED_PRECONDITION,
    });
    expect(() => pair.client.client(Tally as never)).toThrow(/session-scoped/);
  });

  test("a method with the key of a session member", async () => {
    const served = implement(Closing, () => ({ close: (item) => item }));
    await using pair = await servicePair({ services: [served] });
    const error = await failure(pair.client.session(Closing));
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(error.rawMessage).toContain("another key");
    const Shutting = defineService(
      "Closing",
      { scoped: "session" },
      { shut: unary(Item, Item, { name: "close" }) },
    );
    await using session = await pair.client.session(Shutting);
    expect(await session.shut({ n: 3 })).toMatchObject({ n: 3 });
  });
});

test("lists the scope of each service", async () => {
  await using pair = await servicePair({ services: [tally(), probe()] });
  const scopes = pair.client.services.map(({ name, scoped }) => [name, scoped]);
  expect(scopes).toEqual([
    ["Tally", "session"],
    ["Probe", "shared"],
  ]);
  expect(pair.server).toBeInstanceOf(AsterServer);
});

test("refuses values that cannot serve sessions in the constructor of Server", () => {
  class Plain {}
  expect(() => new Server({ services: [Plain] })).toThrow(/is not a service/);
});
