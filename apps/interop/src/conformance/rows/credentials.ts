import { type AdmissionGate, implement } from "@aster/rpc";
import { conformanceHandlers } from "../handlers.ts";
import { Observer } from "../observer.ts";
import { type CallRow, callRows } from "../row.ts";
import { type SceneRow, sceneRows } from "../scene-row.ts";
import { Conformance } from "../service.ts";
import { finish, send, texts } from "../steps.ts";

const METHODS = ["unary", "serverStream", "clientStream", "bidiStream"] as const;
const KEY = "authorization";
const refused = {
  code: 16,
  message: "authentication failed",
  replies: [],
  server: { calls: 0 },
} as const;

type Fields = Omit<CallRow, "kind" | "suite">;

/** Lets in who presents the word, and says what they may do. */
const gate: AdmissionGate = {
  open: false,
  admit: ({ credentialJson }) =>
    credentialJson === '"word"'
      ? { admitted: true, attributes: { "aster.role": "reader, writer" } }
      : { admitted: false, reason: "not the word" },
};

const services = () => [implement(Conformance, conformanceHandlers(new Observer()))];

/** Who calls, by the key of the connection, by a token of the call, and by what a gate makes of a credential. */
export const credentialRows: readonly (CallRow | SceneRow)[] = [
  ...callRows("credentials", [
    ...METHODS.flatMap((method): Fields[] => [
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
  ...sceneRows("credentials", [
    {
      name: "what a gate makes of a credential is what handlers see",
      async play({ meet, mode }, findings) {
        const server = { services: services(), gate };
        await using at = await meet({ server, client: { credential: '"word"' } });
        const remote = at.client.client(Conformance, { serialization: mode });
        const { peer, roles } = await remote.unary({});
        findings.same("the caller", peer, at.nodes.client.id);
        findings.same("its roles", roles, ["reader", "writer"]);
      },
    },
    {
      name: "without the credential nobody is let in, nor told why",
      async play({ meet }, findings) {
        const server = { services: services(), gate };
        for (const client of [{}, { credential: '"sword"' }]) {
          const met = async () => {
            await using _ = await meet({ server, client });
          };
          await findings.fails("the client", met, 16);
          const text = await met().catch((error: Error) => error.message);
          findings.holds(
            "the reason stays with the server",
            !String(text).includes("not the word"),
          );
        }
      },
    },
  ]),
];
