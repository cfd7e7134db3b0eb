// Where interceptors can be attached, and the order in which they run.
import {
  createLocalClient,
  createLocalSession,
  defineService,
  implement,
  RpcError,
  rpc,
  service,
  unary,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import { answering, callFour, fourInSession, fourWith, PATTERNS } from "../support/four.ts";
import { Text } from "../support/probe.ts";

/** The places in the order that docs/guide/interceptors.md states. */
const CLIENT = ["connect", "client", "call"];
const SERVER = ["server", "definition", "implementation", "method", "implemented method"];

class Notes {
  readonly lines: string[] = [];

  list(...names: string[]): Interceptor[] {
    return names.map((name) => async (call, next) => {
      this.lines.push(`> ${name}`);
      try {
        return await next(call);
      } finally {
        this.lines.push(`< ${name}`);
      }
    });
  }

  /** Returns the lines so far and forgets them. */
  take(): string[] {
    return this.lines.splice(0);
  }

  /** The names so far from the outside in, without those that returned. */
  entered(): string[] {
    return this.take().flatMap((line) => (line.startsWith("> ") ? [line.slice(2)] : []));
  }
}

const around = (names: readonly string[]): string[] => [
  ...names.map((name) => `> ${name}`),
  ...[...names].reverse().map((name) => `< ${name}`),
];

function hosted(notes: Notes) {
  const attached = {
    service: notes.list("definition"),
    methods: notes.list("method"),
  };
  const own = { interceptors: notes.list("implemented method") };
  const options = {
    interceptors: notes.list("implementation"),
    methods: { one: own, many: own, sum: own, chat: own },
  };
  const [Four, FourInSession] = [fourWith(attached), fourInSession(attached)];
  const handlers = answering(() => "");
  const services = [
    implement(Four, handlers, options),
    implement(FourInSession, () => handlers, options),
  ];
  return { Four, FourInSession, services, interceptors: notes.list("server") };
}

describe.each(["memory", "quic"] as const)("%s", (transport) => {
  test("interceptors run from the client's outermost to the handler", async () => {
    const notes = new Notes();
    const { Four, FourInSession, ...served } = hosted(notes);
    await using pair = await servicePair({
      transport,
      ...served,
      client: { interceptors: notes.list("connect") },
    });
    const interceptors = notes.list("client");
    const ofCall = { interceptors: notes.list("call") };
    const client = pair.client.client(Four, { interceptors });
    await using session = await pair.client.session(FourInSession, { interceptors });
    for (const caller of [client, session]) {
      for (const pattern of PATTERNS) {
        await callFour(caller, pattern, ofCall);
        expect(notes.entered(), pattern).toEqual([...CLIENT, ...SERVER]);
        await callFour(caller, pattern);
        expect(notes.entered(), pattern).toEqual(["connect", "client", ...SERVER]);
      }
      for (const pattern of ["one", "sum"] as const) {
        await callFour(caller, pattern, ofCall);
        expect(notes.take(), pattern).toEqual(around([...CLIENT, ...SERVER]));
      }
    }
  });

  test("proxies and their sessions take them, too", async () => {
    const notes = new Notes();
    const { Four: _, FourInSession: __, ...served } = hosted(notes);
    await using pair = await servicePair({
      transport,
      ...served,
      client: { interceptors: notes.list("connect") },
    });
    const interceptors = notes.list("client");
    const ofCall = { interceptors: notes.list("call") };
    const proxy = pair.client.proxy("Four", { interceptors });
    await using session = await pair.client.session("FourInSession", { interceptors });
    for (const caller of [proxy, session]) {
      await caller.one?.({ text: "" }, ofCall);
      expect(notes.take()).toEqual(around([...CLIENT, ...SERVER]));
      await caller.sum?.clientStream([], ofCall);
      expect(notes.take()).toEqual(around([...CLIENT, ...SERVER]));
      for await (const _ of caller.many?.stream({ text: "" }, ofCall) ?? []);
      expect(notes.entered()).toEqual([...CLIENT, ...SERVER]);
      for await (const _ of caller.chat?.bidi([], ofCall) ?? []);
      expect(notes.entered()).toEqual([...CLIENT, ...SERVER]);
    }
  });
});

test("local clients and sessions take them", async () => {
  const notes = new Notes();
  const { Four, FourInSession, ...served } = hosted(notes);
  const server = new Server(served);
  const interceptors = notes.list("client");
  const ofCall = { interceptors: notes.list("call") };
  for (const wireCompatible of [true, false]) {
    const client = createLocalClient(Four, server, { interceptors, wireCompatible });
    await using session = createLocalSession(FourInSession, server, {
      interceptors,
      wireCompatible,
    });
    for (const caller of [client, session]) {
      for (const pattern of PATTERNS) {
        await callFour(caller, pattern, ofCall);
        expect(notes.entered(), pattern).toEqual(["client", "call", ...SERVER]);
      }
    }
  }
});

test("decorators attach them to a class, its methods and its contract", async () => {
  const notes = new Notes();
  @service("Decorated", { interceptors: notes.list("class") })
  class Decorated {
    @rpc(Text, Text, { interceptors: notes.list("method") })
    async one(text: { text: string }) {
      return text;
    }
  }
  const Contract = defineService(
    "Contract",
    { interceptors: notes.list("definition") },
    { one: unary(Text, Text, { interceptors: notes.list("method") }) },
  );
  @service(Contract, { interceptors: notes.list("class") })
  class Bound {
    one(text: { text: string }) {
      return text;
    }
  }
  await using pair = await servicePair({ services: [new Decorated(), new Bound()] });
  await pair.client.client(Decorated).one({ text: "" });
  expect(notes.take()).toEqual(around(["class", "method"]));
  await pair.client.client(Contract).one({ text: "" });
  expect(notes.take()).toEqual(around(["definition", "class", "method"]));
});

test("a pushed call takes those of its options", async () => {
  const notes = new Notes();
  const { Four, ...served } = hosted(notes);
  await using pair = await servicePair(served);
  const call = pair.client.client(Four).chat.open({ interceptors: notes.list("call") });
  await call.send({ text: "" });
  call.end();
  for await (const _ of call);
  expect(notes.entered()).toEqual(["call", ...SERVER]);
});

test("bad values are refused where they are given", async () => {
  const Four = fourWith();
  const handlers = answering(() => "");
  const refused = (option: string) =>
    expect.objectContaining({
      message: expect.stringContaining(`option ${option} must be a list of functions`),
    });
  for (const interceptors of [["auth"], "auth", {}, () => {}] as never[]) {
    expect(() => implement(Four, handlers, { interceptors })).toThrow(refused("interceptors"));
    expect(() => implement(Four, handlers, { methods: { one: { interceptors } } })).toThrow(
      refused("methods.one.interceptors"),
    );
    const services = [implement(Four, handlers)];
    expect(() => new Server({ services, interceptors })).toThrow(refused("interceptors"));
    const client = createLocalClient(Four, new Server({ services }));
    await expect(client.one({ text: "" }, { interceptors })).rejects.toThrow(
      refused("interceptors"),
    );
    await expect(client.many({ text: "" }, { interceptors }).next()).rejects.toThrow(
      refused("interceptors"),
    );
    expect(() => fourWith({ service: interceptors })).toThrow(/interceptors must be a list/);
    expect(() => fourWith({ methods: interceptors })).toThrow(/interceptors must be a list/);
  }
  expect(() => implement(Four, handlers, { methods: { two: {} } as never })).toThrow(
    /unknown option methods\.two; use one, many, sum, chat/,
  );
  expect(() => implement(Four, handlers, { interceptor: [] } as never)).toThrow(RpcError);
});
