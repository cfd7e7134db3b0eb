import { type AdmissionGate, implement } from "@aster/rpc";
import type { CallFields, CallRow } from "../row-kinds/call-row.ts";
import { callRows } from "../row-kinds/call-row.ts";
import { type ScriptRow, scriptRows } from "../row-kinds/script-row.ts";
import { finish, send, texts } from "../row-kinds/step.ts";
import { conformanceHandlers } from "../service/call-handlers.ts";
import { Conformance, patterns } from "../service/definitions.ts";
import { Observer } from "../service/observer.ts";

const KEY = "authorization";
const refused = {
  code: 16,
  message: "authentication failed",
  replies: [],
  server: { calls: 0 },
} as const;

/** Admits callers that present the word, and gives them roles. */
const gate: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) =>
    credentialJson === '"word"'
      ? { admitted: true, attributes: { "aster.role": "reader, writer" } }
      : { admitted: false, reason: "not the word" },
};

const services = () => [implement(Conformance, conformanceHandlers(new Observer()))];

/**
 * The identity of the caller: the key of the connection, a token of the call, or a credential at
 * the gate.
 */
export const credentialRows: readonly (CallRow | ScriptRow)[] = [
  ...callRows("credentials", [
    ...patterns.flatMap((method): CallFields[] => [
      {
        name: `an open gate: the caller is its key, and has no roles (${method})`,
        method,
        steps: [send({ data: texts("x") }), finish],
        expect: { code: 0, replies: [{ peer: "client", roles: [] }] },
      },
      {
        name: `per_rpc_creds: a token (${method})`,
        method,
        setup: { serverInterceptors: ["asksForToken"], clientInterceptors: ["token"] },
        steps: [send({ data: texts("x") }), finish],
        expect: { code: 0, replies: [{ payload: "x", metadata: [[KEY, "Bearer good"]] }] },
      },
      {
        name: `per_rpc_creds: a token of the call itself (${method})`,
        method,
        metadata: [[KEY, "Bearer good"]],
        setup: { serverInterceptors: ["asksForToken"] },
        steps: [send({ data: texts("x") }), finish],
        expect: { code: 0, replies: [{ payload: "x", metadata: [[KEY, "Bearer good"]] }] },
      },
      {
        name: `per_rpc_creds: none (${method})`,
        method,
        setup: { serverInterceptors: ["asksForToken"] },
        steps: [send(), finish],
        expect: refused,
      },
      {
        name: `per_rpc_creds: another (${method})`,
        method,
        setup: { serverInterceptors: ["asksForToken"], clientInterceptors: ["wrongToken"] },
        steps: [send(), finish],
        expect: refused,
      },
    ]),
    {
      name: "per_rpc_creds: two at once are none",
      method: "unary",
      metadata: [
        [KEY, "Bearer good"],
        [KEY, "Bearer good"],
      ],
      setup: { serverInterceptors: ["asksForToken"] },
      steps: [send()],
      expect: refused,
    },
  ]),
  ...scriptRows("credentials", [
    {
      name: "what a gate makes of a credential is what handlers see",
      async run({ connect, mode }, findings) {
        const server = { services: services(), gate };
        await using pair = await connect({ server, client: { credential: '"word"' } });
        const remote = pair.client.client(Conformance, { serialization: mode });
        const { peer, roles } = await remote.unary({});
        findings.same("the caller", peer, pair.nodes.client.id);
        findings.same("its roles", roles, ["reader", "writer"]);
      },
    },
    {
      name: "a client without the credential is refused without a reason",
      async run({ connect }, findings) {
        const server = { services: services(), gate };
        for (const client of [{}, { credential: '"sword"' }]) {
          const connected = async () => {
            await using _ = await connect({ server, client });
          };
          await findings.fails("the client", connected, 16);
          const text = await connected().catch((error: Error) => error.message);
          findings.holds(
            "the reason stays with the server",
            !String(text).includes("not the word"),
          );
        }
      },
    },
  ]),
];
