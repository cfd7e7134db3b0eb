// Options of methods, for each of the four patterns, and the mode in the header of each call.
import {
  type AdmissionGate,
  bidiStream,
  clientStream,
  defineService,
  implement,
  RpcError,
  SerializationMode,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import { createClient } from "@aster/rpc/client";
import type { InterceptedCall } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { type Connection, FrameFlag } from "@aster/transport";
import { memoryPair } from "@aster/transport/testing";
import { describe, expect, test } from "vitest";
import { headerCodecs } from "../../src/protocol/structs.ts";
import { Text } from "../support/probe.ts";

const options = {
  plain: {},
  timeout: { timeoutMs: 60 },
  idempotent: { idempotent: true },
  json: { serialization: SerializationMode.JSON },
  admin: { requires: "admin" },
} as const;
type OptionName = keyof typeof options;

const makers = {
  unary,
  server_stream: serverStream,
  client_stream: clientStream,
  bidi: bidiStream,
};
type PatternName = keyof typeof makers;

const hang = (): Promise<never> => new Promise(() => {});

/** A service with one method of one pattern, and a call of it to its first reply. */
function single(pattern: PatternName, option: OptionName, waits = false) {
  const answer = async () => (waits ? hang() : { text: "done" });
  async function* answers() {
    yield await answer();
  }
  const settings = options[option];
  switch (pattern) {
    case "unary": {
      const definition = defineService("One", {}, { go: unary(Text, Text, settings) });
      return {
        served: implement(definition, { go: answer }),
        call: (connection: Connection, seen: (call: InterceptedCall) => void) =>
          createClient(definition, connection, { interceptors: [noting(seen)] }).go({}),
      };
    }
    case "server_stream": {
      const definition = defineService("One", {}, { go: serverStream(Text, Text, settings) });
      return {
        served: implement(definition, { go: answers }),
        call: (connection: Connection, seen: (call: InterceptedCall) => void) =>
          createClient(definition, connection, { interceptors: [noting(seen)] })
            .go({})
            .next(),
      };
    }
    case "client_stream": {
      const definition = defineService("One", {}, { go: clientStream(Text, Text, settings) });
      return {
        served: implement(definition, { go: answer }),
        call: (connection: Connection, seen: (call: InterceptedCall) => void) =>
          createClient(definition, connection, { interceptors: [noting(seen)] }).go([{}]),
      };
    }
    case "bidi": {
      const definition = defineService("One", {}, { go: bidiStream(Text, Text, settings) });
      return {
        served: implement(definition, { go: answers }),
        call: (connection: Connection, seen: (call: InterceptedCall) => void) =>
          createClient(definition, connection, { interceptors: [noting(seen)] })
            .go([{}])
            .next(),
      };
    }
  }
}

const noting =
  (seen: (call: InterceptedCall) => void) =>
  (call: InterceptedCall, next: (call: InterceptedCall) => unknown) => {
    seen(call);
    return next(call) as Promise<unknown>;
  };

interface Outcome {
  readonly code: number;
  readonly call: InterceptedCall | undefined;
  readonly mode: number | undefined;
}

/** Calls the method over a connection that records the mode of the header. */
async function outcome(pattern: PatternName, option: OptionName, waits = false): Promise<Outcome> {
  const { served, call } = single(pattern, option, waits);
  const server = new Server({ services: [served] });
  await using nodes = await memoryPair();
  const incoming = nodes.server.accept(["aster/1"]);
  const connection = await nodes.client.connect(nodes.server.address(), "aster/1");
  server.handle((await incoming.next()).value as Connection);
  const modes: number[] = [];
  let seen: InterceptedCall | undefined;
  const code = await Promise.resolve(
    call(modesInto(connection, modes), (one) => {
      seen = one;
    }),
  ).then(
    () => StatusCode.OK,
    (error: unknown) => (error as RpcError).code,
  );
  server.close();
  return { code, call: seen, mode: modes[0] };
}

/** The same connection, recording the mode of each header. */
function modesInto(connection: Connection, modes: number[]): Connection {
  return new Proxy(connection, {
    get(target, key) {
      if (key !== "open") return Reflect.get(target, key, target);
      return (sink: Parameters<Connection["open"]>[0]) => {
        const channel = target.open(sink);
        const send = channel.send.bind(channel);
        channel.send = (flags, payload, end) => {
          if ((flags & FrameFlag.Header) !== 0) modes.push(modeOf(payload));
          return send(flags, payload, end);
        };
        return channel;
      };
    },
  });
}

function modeOf(header: Uint8Array): number {
  const form = header[0] === 0x7b ? "json" : "fory";
  return headerCodecs[form].decode(header.slice()).serializationMode;
}

describe.each(Object.keys(makers) as PatternName[])("%s", (pattern) => {
  test("has no deadline, is not idempotent and uses XLANG without options", async () => {
    const { code, call, mode } = await outcome(pattern, "plain");
    expect(code).toBe(StatusCode.OK);
    expect(call).toMatchObject({ idempotent: false });
    expect(call?.deadlineAt).toBeUndefined();
    expect(mode).toBe(0);
  });

  test("ends the call after timeoutMs", async () => {
    const { code, call } = await outcome(pattern, "timeout", true);
    expect(code).toBe(StatusCode.DEADLINE_EXCEEDED);
    expect(call?.deadlineAt).toBeDefined();
  });

  test("passes idempotent to interceptors", async () => {
    expect(await outcome(pattern, "idempotent")).toMatchObject({
      code: StatusCode.OK,
      call: { idempotent: true },
    });
  });

  test("names the serialization in the header", async () => {
    expect(await outcome(pattern, "json")).toMatchObject({ code: StatusCode.OK, mode: 3 });
  });

  test("checks requires", async () => {
    expect((await outcome(pattern, "admin")).code).toBe(StatusCode.PERMISSION_DENIED);
  });
});

test("allows exactly the methods that require a role of the peer", async () => {
  const gate: AdmissionGate = {
    open: false,
    admit: () => ({ admitted: true, attributes: { "aster.role": "admin" } }),
  };
  const Mixed = defineService(
    "Mixed",
    {},
    {
      admin: unary(Text, Text, { requires: "admin" }),
      root: unary(Text, Text, { requires: "root" }),
    },
  );
  const served = implement(Mixed, { admin: () => ({ text: "yes" }), root: () => ({ text: "no" }) });
  await using pair = await servicePair({ services: [served], gate });
  const client = pair.client.client(Mixed);
  expect(await client.admin({})).toEqual({ text: "yes" });
  const refused = await client.root({}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RpcError);
  expect(refused).toMatchObject({ code: StatusCode.PERMISSION_DENIED });
});
