// Gate 3: the capabilities that services and methods require, wherever a call comes from.
import {
  type AdmissionGate,
  allOf,
  anyOf,
  bidiStream,
  type CapabilityRequirement,
  clientStream,
  createLocalClient,
  createLocalSession,
  defineService,
  implement,
  type MethodDefinition,
  proxyMethod,
  role,
  type ServiceDefinition,
  type ServiceProxy,
  type SessionProxy,
  StatusCode,
  serverStream,
  unary,
} from "@aster/rpc";
import type { Denial } from "@aster/rpc/server";
import { type ServicePair, servicePair } from "@aster/rpc/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { failure } from "../support/outcomes.ts";
import { Text } from "../support/probe.ts";

type Methods = {
  one: MethodDefinition<"unary", typeof Text, typeof Text>;
  many: MethodDefinition<"server_stream", typeof Text, typeof Text>;
  all: MethodDefinition<"client_stream", typeof Text, typeof Text>;
  chat: MethodDefinition<"bidi_stream", typeof Text, typeof Text>;
};
type Requirement = CapabilityRequirement | undefined;

/** Runs of handlers and of interceptors, and constructors of session instances. */
let ran = 0;

function methods(requires: Requirement): Methods {
  const options = requires === undefined ? {} : { requires };
  return {
    one: unary(Text, Text, options),
    many: serverStream(Text, Text, options),
    all: clientStream(Text, Text, options),
    chat: bidiStream(Text, Text, options),
  };
}

const handlers = {
  one: async () => {
    ran += 1;
    return {};
  },
  async *many() {
    ran += 1;
    yield {};
  },
  all: async () => {
    ran += 1;
    return {};
  },
  async *chat() {
    ran += 1;
    yield {};
  },
};

const place = { method: [undefined, role("admin")], service: [role("admin"), undefined] } as const;
type Place = keyof typeof place;

const shared = (at: Place): ServiceDefinition<Methods, "shared"> => {
  const [requires, ofMethod] = place[at];
  return defineService("Guarded", requires === undefined ? {} : { requires }, methods(ofMethod));
};
const sessions = (at: Place): ServiceDefinition<Methods, "session"> => {
  const [requires, ofMethod] = place[at];
  const options = { scoped: "session", ...(requires === undefined ? {} : { requires }) } as const;
  return defineService("GuardedSession", options, methods(ofMethod));
};

/** Admits every peer with the roles that it presents. */
const gate: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) => ({
    admitted: true,
    attributes: { "aster.role": credentialJson },
  }),
};

let denials: Denial[] = [];
beforeEach(() => {
  ran = 0;
  denials = [];
});

interface Setup {
  readonly at: Place;
  readonly transport?: "memory" | "quic";
  readonly roles: string;
}

function open({ at, transport = "memory", roles }: Setup): Promise<ServicePair> {
  return servicePair({
    transport,
    gate,
    services: [
      implement(shared(at), handlers),
      implement(sessions(at), () => {
        ran += at === "service" ? 1 : 0;
        return handlers;
      }),
    ],
    interceptors: [
      (call, next) => {
        ran += 1;
        return next(call);
      },
    ],
    onDenied: (denial) => denials.push(denial),
    client: { credential: roles },
  });
}

type Empty = Readonly<Record<string, never>>;

interface AnyClient {
  one(request: Empty, options?: object): Promise<unknown>;
  many(request: Empty, options?: object): AsyncIterable<unknown>;
  all(requests: Iterable<Empty>, options?: object): Promise<unknown>;
  chat(requests: Iterable<Empty>, options?: object): AsyncIterable<unknown>;
}

async function first(stream: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of stream) return item;
  return undefined;
}

const patterns = {
  one: (client: AnyClient, options?: object) => client.one({}, options),
  many: (client: AnyClient, options?: object) => first(client.many({}, options)),
  all: (client: AnyClient, options?: object) => client.all([{}], options),
  chat: (client: AnyClient, options?: object) => first(client.chat([{}], options)),
};
type Pattern = keyof typeof patterns;

/** A proxy with the methods of a typed client. */
function typedAs(proxy: ServiceProxy | SessionProxy): AnyClient {
  const method = (name: string) => proxyMethod(proxy as ServiceProxy, name);
  return {
    one: (request, options) => method("one")(request, options),
    many: (request, options) => method("many").stream(request, options),
    all: (requests, options) => method("all").clientStream(requests, options),
    chat: (requests, options) => method("chat").bidi(requests, options),
  };
}

type Caller = (pair: ServicePair, at: Place) => unknown;
const callers: Readonly<Record<string, Caller>> = {
  client: ({ client }, at) => client.client(shared(at)),
  "client in JSON": ({ client }, at) => client.client(shared(at), { serialization: "json" }),
  proxy: ({ client }) => typedAs(client.proxy("Guarded")),
  "local client": ({ server }, at) => createLocalClient(shared(at), server),
  session: ({ client }, at) => client.session(sessions(at)),
  "session proxy": async ({ client }) => typedAs(await client.session("GuardedSession")),
  "local session": ({ server }, at) => createLocalSession(sessions(at), server),
};

async function callerOf(name: string, pair: ServicePair, at: Place): Promise<AnyClient> {
  return (await callers[name]?.(pair, at)) as AnyClient;
}

const everyPattern = Object.keys(patterns) as Pattern[];
const places = Object.keys(place) as Place[];
const transports = ["memory", "quic"] as const;
const matrix = transports.flatMap((transport) =>
  Object.keys(callers).flatMap((caller) => places.map((at) => ({ transport, caller, at }))),
);

describe.each(matrix)("on $transport, a $caller and a requirement of the $at", (row) => {
  const { transport, caller, at } = row;
  const isSession = caller.includes("session");
  const service = isSession ? "GuardedSession" : "Guarded";

  test("a call without the capability is denied, and nothing has run", async () => {
    await using pair = await open({ at, transport, roles: "status" });
    for (const pattern of everyPattern) {
      const client = await callerOf(caller, pair, at);
      const spoofed = { metadata: { "aster.role": "admin", role: "admin" } };
      const denied = await failure(patterns[pattern](client, spoofed));
      // a session of a service with a requirement is refused as a whole
      const method = isSession && at === "service" ? service : `${service}.${pattern}`;
      expect(denied.code).toBe(StatusCode.PERMISSION_DENIED);
      expect(denied.rawMessage).toContain(`'${method}'`);
      expect(denied.rawMessage).toContain('the capability "admin"');
      expect(denied.details).toEqual({ reason: "admission.capability", method, missing: "admin" });
      expect(ran).toBe(0);
      expect(denials.at(-1)).toMatchObject({ gate: 3, cause: "capability", method });
      expect(denials.at(-1)?.error).toMatchObject({ code: StatusCode.PERMISSION_DENIED });
      if (!caller.startsWith("local")) expect(denials.at(-1)?.peer).toBe(pair.client.node.id);
    }
    expect(denials).toHaveLength(everyPattern.length);
  });

  // callers in the same program have no capabilities
  if (caller.startsWith("local")) return;
  test("a call with it runs", async () => {
    await using pair = await open({ at, transport, roles: "status, admin" });
    for (const pattern of everyPattern) {
      ran = 0;
      const client = await callerOf(caller, pair, at);
      await patterns[pattern](client);
      expect(ran).toBeGreaterThanOrEqual(2);
    }
    expect(denials).toEqual([]);
  });
});

describe("the text and the details of a denial", () => {
  const Text2 = { one: unary(Text, Text) };
  test.each([
    ["anyOf", anyOf("logs", "admin"), "status", 'one of "logs", "admin"', "logs,admin"],
    ["allOf", allOf("logs", "admin"), "logs", '"admin"', "admin"],
    ["allOf, none held", allOf("logs", "admin"), "", '"logs", "admin"', "logs,admin"],
    ["role, other case", role("Admin"), "admin", '"Admin"', "Admin"],
  ])("%s", async (_, requires, roles, text, missing) => {
    const Service = defineService("S", { requires }, Text2);
    await using pair = await servicePair({
      gate,
      services: [implement(Service, { one: () => ({}) })],
      client: { credential: roles },
    });
    const denied = await failure(pair.client.client(Service).one({}));
    expect(denied.rawMessage).toContain(`requires the capability ${text};`);
    expect(denied.details.missing).toBe(missing);
  });

  test("both the service and the method must hold", async () => {
    const Service = defineService(
      "S",
      { requires: role("user") },
      { one: unary(Text, Text, { requires: role("admin") }) },
    );
    for (const [roles, missing] of [
      ["user", "admin"],
      ["admin", "user"],
      ["user,admin", ""],
    ]) {
      await using pair = await servicePair({
        gate,
        services: [implement(Service, { one: () => ({}) })],
        client: { credential: roles },
      });
      const call = pair.client.client(Service).one({});
      if (missing === "") await call;
      else expect((await failure(call)).details).toMatchObject({ method: "S.one", missing });
    }
  });

  test("the roles of a new admission count from the next call", async () => {
    const Service = defineService("S", { requires: role("admin") }, Text2);
    let roles = "admin";
    await using pair = await servicePair({
      gate,
      services: [implement(Service, { one: () => ({}) })],
      client: { credential: () => roles },
    });
    const remote = pair.client.client(Service);
    const admitAs = async (next: string) => {
      roles = next;
      const { admitted } = pair.server.stats().admission;
      pair.server.revoke(pair.client.node.id);
      expect((await failure(remote.one({}))).code).toBe(StatusCode.UNAUTHENTICATED);
      const admissions = () => pair.server.stats().admission.admitted;
      await expect.poll(admissions, { timeout: 5_000 }).toBe(admitted + 1);
    };
    await remote.one({});
    await admitAs("status");
    for (let call = 0; call < 2; call += 1) {
      expect((await failure(remote.one({}))).code).toBe(StatusCode.PERMISSION_DENIED);
    }
    // the client waits a second between two renewals
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await admitAs("admin");
    await remote.one({});
  });

  test("a requirement without roles cannot be made", () => {
    expect(() => anyOf()).toThrow();
    expect(() => allOf()).toThrow();
    const empty = { kind: "all_of", roles: [] } as CapabilityRequirement;
    expect(() => defineService("S", { requires: empty }, Text2)).toThrow();
    const guarded = { one: unary(Text, Text, { requires: empty }) };
    expect(() => defineService("S", {}, guarded)).toThrow();
  });
});
