import {
  AsterClient,
  createLocalClient,
  defineService,
  implement,
  RpcError,
  type ServerFault,
  StatusCode,
  serverStream,
  statusName,
  unary,
} from "@aster/rpc";
import { Server } from "@aster/rpc/server";
import { type EndpointAddress, endpointIdOf, generateSecretKey } from "@aster/transport";
import { describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { local, memory, quic, ways } from "../support/pairs.ts";
import { Probe, probe, Text } from "../support/probe.ts";

const codes = Object.values(StatusCode).filter((code) => code !== StatusCode.OK);

describe.each(ways)("$title", ({ pair, mode }) => {
  test("every code arrives with message and details", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    for (const code of codes) {
      const message = `wörd ${code} ☺\t\r\n`;
      const error = await failure(client.fail({ code, message, after: code }));
      expect(error.code).toBe(code);
      expect(error.rawMessage).toBe(message);
      expect(error.message).toBe(`${statusName(code)}: wörd ${code} ☺\\u0009\\u000d\\n`);
      expect({ ...error.details }).toEqual({ after: String(code) });
      expect(error.is(code)).toBe(true);
    }
  });

  test("a stream delivers its items, then its error once", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    const stream = client.countThenFail({ code: 9, message: "enough", after: 3 });
    const seen: number[] = [];
    const error = await failure(
      (async () => {
        for await (const { n } of stream) seen.push(n);
      })(),
    );
    expect(seen).toEqual([0, 1, 2]);
    expect(error.code).toBe(StatusCode.FAILED_PRECONDITION);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("an unexpected error of a handler is reported under an id and not sent", async () => {
    const faults: ServerFault[] = [];
    await using opened = await pair.open({
      services: [probe()],
      onError: (fault) => faults.push(fault),
    });
    const client = opened.client(Probe, { serialization: mode });
    const error = await failure(client.crash({ text: "password" }));
    expect(error.code).toBe(StatusCode.UNKNOWN);
    expect(error.rawMessage).toMatch(/^internal error \[[0-9a-f]{16}\]$/);
    expect(error.message).not.toContain("secret");
    expect(faults).toHaveLength(1);
    expect(error.rawMessage).toContain(faults[0]?.errorId);
    expect(faults[0]).toMatchObject({ service: "Probe", method: "crash" });
    expect(faults[0]?.cause).toMatchObject({ message: "secret password" });
    expect((await failure(client.crash({ text: "undefined" }))).code).toBe(StatusCode.UNKNOWN);
  });

  test("a response of the wrong type is a fault of the server", async () => {
    const faults: ServerFault[] = [];
    await using opened = await pair.open({
      services: [probe()],
      onError: (fault) => faults.push(fault),
    });
    const error = await failure(opened.client(Probe, { serialization: mode }).wrong({}));
    expect(error.code).toBe(StatusCode.INTERNAL);
    expect(error.rawMessage).toContain(faults[0]?.errorId);
    expect(await opened.client(Probe).echo({ text: "well" })).toEqual({ text: "well" });
  });

  test("checks refinements before the handler, with the path", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    expect(await client.checked({ name: "long enough" })).toEqual({ text: "long enough" });
    const error = await failure(client.checked({ name: "no" }));
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect({ ...error.details }).toMatchObject({ path: "name", issue: "too_small" });
  });

  test("refuses a request of the wrong type before it is sent", async () => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe, { serialization: mode });
    const bad = { text: 7 } as unknown as { text: string };
    expect((await failure(client.echo(bad))).code).toBe(StatusCode.INVALID_ARGUMENT);
    const stream = client.chat([{ text: "good" }, bad]);
    const error = await failure(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
    expect(await client.echo({ text: "still" })).toEqual({ text: "still" });
  });
});

test("a fault without onError is a process warning", async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on("warning", listen);
  await using opened = await local.open({ services: [probe()] });
  await failure(opened.client(Probe).crash({ text: "aloud" }));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(warnings.map(({ name }) => name)).toContain("AsterHandlerError");
});

test("an onError that throws does not change the call", async () => {
  await using opened = await local.open({
    services: [probe()],
    onError: () => {
      throw new Error("log is full");
    },
  });
  expect((await failure(opened.client(Probe).crash({}))).code).toBe(StatusCode.UNKNOWN);
});

test("handlers may throw and return synchronously", async () => {
  const Now = defineService(
    "Now",
    {},
    { answer: unary(Text, Text), list: serverStream(Text, Text) },
  );
  const now = implement(Now, {
    answer({ text }) {
      if (text === "no") throw new RpcError(StatusCode.ABORTED, "no");
      return { text };
    },
    list({ text }) {
      if (text === "no") throw new RpcError(StatusCode.ABORTED, "no");
      return [{ text }, { text }] as unknown as AsyncIterable<{ text: string }>;
    },
  });
  const server = new Server({ services: [now] });
  const client = createLocalClient(Now, server);
  expect(await client.answer({ text: "yes" })).toEqual({ text: "yes" });
  expect((await failure(client.answer({ text: "no" }))).code).toBe(StatusCode.ABORTED);
  expect(await client.list({ text: "yes" }).next()).toEqual({
    done: false,
    value: { text: "yes" },
  });
  expect((await failure(client.list({ text: "no" }).next())).code).toBe(StatusCode.ABORTED);
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.stats().calls).toBe(0);
  server.close();
});

test.each([memory, quic])(
  "$name: closing the client ends running calls with CANCELLED and refuses new ones with FAILED_PRECONDITION",
  async (pair) => {
    await using opened = await pair.open({ services: [probe()] });
    const client = opened.client(Probe);
    const running = failure(client.sleep({ n: 5000 }));
    await client.echo({});
    await opened[Symbol.asyncDispose]();
    expect((await running).code).toBe(StatusCode.CANCELLED);
    expect((await failure(client.echo({}))).code).toBe(StatusCode.FAILED_PRECONDITION);
  },
);

test("connect explains an address that cannot be read", async () => {
  const error = await failure(AsterClient.connect("nowhere", { network: "none" }));
  expect(error.code).toBe(StatusCode.INVALID_ARGUMENT);
});

/** Port 9 (discard) does not answer. */
const unreachable = (): EndpointAddress => ({
  endpointId: endpointIdOf(generateSecretKey()),
  directAddresses: ["127.0.0.1:9"],
});

test("connect ends at its timeout", async () => {
  const began = performance.now();
  const error = await failure(
    AsterClient.connect(unreachable(), { network: "none", timeoutMs: 300 }),
  );
  expect(error.code).toBe(StatusCode.UNAVAILABLE);
  expect(performance.now() - began).toBeLessThan(15_000);
});

test("connect ends at its signal", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 30);
  const options = { network: "none", signal: abort.signal } as const;
  expect((await failure(AsterClient.connect(unreachable(), options))).code).toBe(
    StatusCode.CANCELLED,
  );
});
