import {
  type AdmissionGate,
  allOf,
  anyOf,
  createLocalClient,
  implement,
  type RpcError,
  StatusCode,
} from "@aster/rpc";
import type { Interceptor } from "@aster/rpc/interceptor";
import { Server } from "@aster/rpc/server";
import { servicePair } from "@aster/rpc/testing";
import { describe, expect, test } from "vitest";
import {
  answering,
  callFour,
  fourInSession,
  fourWith,
  PATTERNS,
} from "../../rpc/test/support/four.ts";
import { transports } from "../../rpc/test/support/watched-pair.ts";
import { capability } from "../src/index.ts";
import { fakeCall } from "./fake-call.ts";

const Four = fourWith();
const FourInSession = fourInSession();

const gate: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) => ({
    admitted: true,
    attributes: { "aster.role": credentialJson },
  }),
};

const everywhere = Object.fromEntries(
  ["Four", "FourInSession"].flatMap((service) => [
    [service, anyOf("staff", "admin")],
    ...["sum", "chat"].map((method) => [`${service}.${method}`, "admin"]),
  ]),
);

describe.each(transports)("%s", (transport) => {
  test.each([
    ["guest", [7, 7, 7, 7]],
    ["staff", [0, 0, 7, 7]],
    ["admin", [0, 0, 0, 0]],
  ])(
    "checks %s calls of every pattern and in sessions, before the handler",
    async (role, codes) => {
      let handled = 0;
      const handlers = answering(() => String(++handled));
      await using pair = await servicePair({
        transport,
        gate,
        services: [implement(Four, handlers), implement(FourInSession, () => handlers)],
        interceptors: [capability({ requires: everywhere })],
        client: { credential: role },
      });
      const client = pair.client.client(Four);
      await using session = await pair.client.session(FourInSession);
      for (const caller of [client, session]) {
        handled = 0;
        for (const [at, pattern] of PATTERNS.entries()) {
          // metadata of the caller are not roles
          const options = { metadata: { "aster.role": "admin" } };
          const code = await callFour(caller, pattern, options).then(
            () => 0,
            (error: RpcError) => error.code,
          );
          expect(code, pattern).toBe(codes[at]);
        }
        expect(handled).toBe(codes.filter((code) => code === 0).length);
      }
    },
  );
});

test("refuses with the texts and details of `requires` in a definition", () => {
  const requires = { Echo: anyOf("staff", "admin"), "Echo.say": allOf("admin", "night") };
  const check = capability({ requires });
  const refusal = (roles: string[]): unknown => {
    try {
      check(fakeCall({ side: "server", roles: new Set(roles) }), async () => {});
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(refusal([])).toMatchObject({
    code: StatusCode.PERMISSION_DENIED,
    rawMessage:
      "capability check failed for method 'Echo.say': service 'Echo' requires the capability " +
      'one of "staff", "admin"; ask the operator for a credential that has it',
    details: { reason: "admission.capability", method: "Echo.say", missing: "staff,admin" },
  });
  expect(refusal(["admin"])).toMatchObject({
    rawMessage:
      "capability check failed for method 'Echo.say': it requires the capability " +
      '"night"; ask the operator for a credential that has it',
    details: { missing: "night" },
  });
  expect(refusal(["admin", "night"])).toBeUndefined();
});

test("takes the roles of a low-level server's peers, or of an outer interceptor", async () => {
  const services = [
    implement(
      Four,
      answering(() => "done"),
    ),
  ];
  const guard = capability({ requires: { Four: "admin" } });
  const asAdmin: Interceptor = (call, next) => next({ ...call, roles: new Set(["admin"]) });
  const none = createLocalClient(Four, new Server({ services, interceptors: [guard] }));
  await expect(callFour(none, "one")).rejects.toMatchObject({ code: 7 });
  const admin = createLocalClient(Four, new Server({ services, interceptors: [asAdmin, guard] }));
  expect(await callFour(admin, "one")).toBe("done");
});

test("has no effect on a client", async () => {
  const check = capability({ requires: { Echo: "admin" } });
  expect(await check(fakeCall(), async () => "answer")).toBe("answer");
});

test.each([
  ["requires must be an object", undefined],
  ["requires.Echo: requires.Echo: requires must be a role name", { Echo: 5 }],
  ["requires.Echo: a role must be a string of 1 to 256 characters", { Echo: "" }],
])("refuses options: %s", (text, requires) => {
  expect(() => capability({ requires: requires as never })).toThrow(
    expect.objectContaining({
      code: StatusCode.INVALID_ARGUMENT,
      message: expect.stringContaining(text),
    }),
  );
});
