import { createTypeScope, wireType } from "@aster/codec";
import {
  defineService,
  implement,
  type SerializationMode,
  type ServiceDefinition,
  type ServiceImplementation,
  unary,
} from "@aster/rpc";
import { z } from "zod";
import { conformanceHandlers } from "../handlers.ts";
import { Empty, Reply, Request } from "../messages.ts";
import { Observer } from "../observer.ts";
import { type SceneRow, sceneRows } from "../scene-row.ts";
import { Conformance } from "../service.ts";

type Fields = z.core.$ZodLooseShape;
/** How the calls of a newer or otherwise different client end: its request, and the server's reply. */
type Codes = readonly [request: number, reply: number];
type FormName = "xlang" | "xlang, profile A" | "native" | "row" | "json";

const forms: Readonly<Record<FormName, { serialization: SerializationMode; profile?: "A" }>> = {
  xlang: { serialization: "xlang" },
  "xlang, profile A": { serialization: "xlang", profile: "A" },
  native: { serialization: "native" },
  row: { serialization: "row" },
  json: { serialization: "json" },
};

interface Change {
  readonly name: string;
  readonly server: Fields;
  readonly client: Fields;
  readonly request: object;
  readonly reply: object;
  readonly codes: Readonly<Record<FormName, Codes>>;
}

const sku = z.string();
const count = z.int().default(1);

const changes: readonly Change[] = [
  {
    name: "an additive field at the client",
    server: { sku },
    client: { sku, count },
    request: { sku: "a", count: 2 },
    reply: { sku: "a" },
    codes: {
      xlang: [0, 0],
      "xlang, profile A": [101, 101],
      // a field that is not known is refused, one that is missing has its default
      native: [101, 0],
      json: [101, 0],
      // rows have places, not names
      row: [101, 101],
    },
  },
  {
    name: "an additive field at the server",
    server: { sku, count },
    client: { sku },
    request: { sku: "a" },
    reply: { sku: "a", count: 2 },
    codes: {
      xlang: [0, 0],
      "xlang, profile A": [101, 101],
      native: [0, 101],
      json: [0, 101],
      row: [101, 101],
    },
  },
  {
    name: "a renamed field",
    server: { sku },
    client: { article: z.string() },
    request: { article: "a" },
    reply: { sku: "a" },
    codes: {
      // one field more and one field less: nothing tells them from an additive change
      xlang: [0, 0],
      "xlang, profile A": [101, 101],
      native: [101, 101],
      json: [101, 101],
      row: [101, 101],
    },
  },
  {
    name: "a field of another type",
    server: { sku },
    client: { sku: z.int() },
    request: { sku: 7 },
    reply: { sku: "a" },
    codes: {
      // an integer becomes a text, a text that is no number no integer
      xlang: [0, 101],
      "xlang, profile A": [101, 101],
      native: [3, 13],
      json: [3, 13],
      row: [101, 101],
    },
  },
];

const serialization: SerializationMode[] = ["xlang", "native", "row", "json"];

/** The same service as another program would have it. */
function orders(fields: Fields): ServiceDefinition {
  const scope = createTypeScope();
  const Order = wireType("conformance.contract/Order", fields, { scope });
  const Done = wireType("conformance.contract/Done", {}, { scope });
  const methods = { put: unary(Order, Done), get: unary(Done, Order) };
  return defineService("Orders", { serialization }, methods);
}

function hosting(definition: ServiceDefinition, handlers: object): ServiceImplementation {
  return implement(definition, handlers as never);
}

type Method = (request: object) => Promise<object>;
const everyone = { zstd: true, mode: "xlang" } as const;

/** Another service of the name: it has a method less. */
const Another = defineService(Conformance.name, { version: 1 }, { unary: unary(Request, Reply) });
const Older = defineService(Conformance.name, { version: 2 }, { emptyUnary: unary(Empty, Empty) });
const ours = () => implement(Conformance, conformanceHandlers(new Observer()));

export const contractRows: readonly SceneRow[] = sceneRows("contract", [
  {
    name: "a wrong contract id is refused before anything is sent",
    async play({ meet, mode }, findings) {
      const handlers = { unary: () => ({}) as never };
      await using at = await meet({ server: { services: [implement(Another, handlers)] } });
      const typed = () => at.client.client(Conformance, { serialization: mode });
      await findings.fails("the client", typed, 9, { reason: "contract.mismatch" });
      findings.same("calls", at.server.stats().callsTotal, 0);
    },
  },
  {
    name: "a service or version that is not offered is refused before anything is sent",
    async play({ meet }, findings) {
      await using at = await meet({ server: { services: [ours()] } });
      await findings.fails("another version", () => at.client.client(Older), 5);
      await findings.fails("another service", () => at.client.client(orders({ sku })), 5);
      findings.same("calls", at.server.stats().callsTotal, 0);
    },
  },
  {
    name: "a server that comes back with another contract is not called",
    async play({ meet, mode }, findings) {
      await using at = await meet({ server: { services: [ours()] } });
      const remote = at.client.client(Conformance, { serialization: mode });
      await remote.unary({});
      await at.server.drain();
      while (at.client.state === "connected") await new Promise(setImmediate);
      const handlers = { unary: () => ({}) as never };
      const next = await at.replace({ services: [implement(Another, handlers)] });
      for (const time of ["first", "second"]) {
        const details = { reason: "contract.mismatch" };
        await findings.fails(`the ${time} call`, () => remote.unary({}), 9, details);
      }
      findings.same("calls", next.stats().callsTotal, 0);
    },
  },
  ...changes.map(
    ({ name, server, client, request, reply, codes }): Omit<SceneRow, "kind" | "suite"> => ({
      name: `${name}, where contracts are not compared`,
      only: everyone,
      async play({ meet }, findings) {
        const handlers = { put: () => ({}), get: () => reply };
        await using at = await meet({ server: { services: [hosting(orders(server), handlers)] } });
        for (const [form, options] of Object.entries(forms)) {
          const checked = { checkContract: false, ...options };
          const remote = at.client.client(orders(client), checked) as Record<string, Method>;
          for (const [index, [method, value]] of [
            ["put", request] as const,
            ["get", {}] as const,
          ].entries()) {
            const code = codes[form as FormName][index] as number;
            const call = () => (remote[method] as Method)(value);
            if (code === 0) await call();
            else await findings.fails(`${method} in ${form}`, call, code);
          }
        }
      },
    }),
  ),
]);
