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
import { type ScriptFields, type ScriptRow, scriptRows } from "../row-kinds/script-row.ts";
import { conformanceHandlers } from "../service/call-handlers.ts";
import { Conformance } from "../service/definitions.ts";
import { Empty, Reply, Request } from "../service/messages.ts";
import { Observer } from "../service/observer.ts";

type Fields = z.core.$ZodLooseShape;
/** The codes of a call whose request, or whose reply, has a different type at the client. */
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
      // unknown fields are refused, missing fields take their default
      native: [101, 0],
      json: [101, 0],
      // rows address fields by position
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
      // a field more and a field less, like two additive changes
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
      // an integer converts to text, but this text does not convert to an integer
      xlang: [0, 101],
      "xlang, profile A": [101, 101],
      native: [3, 13],
      json: [3, 13],
      row: [101, 101],
    },
  },
];

const serialization: SerializationMode[] = ["xlang", "native", "row", "json"];

/** Defines the service in a scope of its own, as another program would. */
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
const once = { zstd: true, mode: "xlang" } as const;

/** Another contract of the same name, with fewer methods. */
const Another = defineService(Conformance.name, { version: 1 }, { unary: unary(Request, Reply) });
const Older = defineService(Conformance.name, { version: 2 }, { emptyUnary: unary(Empty, Empty) });
const complete = () => implement(Conformance, conformanceHandlers(new Observer()));

export const contractRows: readonly ScriptRow[] = scriptRows("contract", [
  {
    name: "a wrong contract id is refused before anything is sent, where it must be equal",
    async run({ connect, mode }, findings) {
      const handlers = { unary: () => ({}) as never };
      await using pair = await connect({ server: { services: [implement(Another, handlers)] } });
      const options = { serialization: mode, checkContract: "equal" } as const;
      const typed = () => pair.client.client(Conformance, options);
      await findings.fails("the client", typed, 9, { reason: "contract.mismatch" });
      findings.same("calls", pair.server.stats().callsTotal, 0);
    },
  },
  {
    name: "a service or version that is not offered is refused before anything is sent",
    async run({ connect }, findings) {
      await using pair = await connect({ server: { services: [complete()] } });
      await findings.fails("another version", () => pair.client.client(Older), 5);
      await findings.fails("another service", () => pair.client.client(orders({ sku })), 5);
      findings.same("calls", pair.server.stats().callsTotal, 0);
    },
  },
  {
    name: "a server that comes back with another contract is not called, where it must be equal",
    async run({ connect, mode }, findings) {
      await using pair = await connect({ server: { services: [complete()] } });
      const options = { serialization: mode, checkContract: "equal" } as const;
      const remote = pair.client.client(Conformance, options);
      await remote.unary({});
      await pair.server.drain();
      while (pair.client.state === "connected") await new Promise(setImmediate);
      const handlers = { unary: () => ({}) as never };
      const next = await pair.replace({ services: [implement(Another, handlers)] });
      for (const time of ["first", "second"]) {
        const details = { reason: "contract.mismatch" };
        await findings.fails(`the ${time} call`, () => remote.unary({}), 9, details);
      }
      findings.same("calls", next.stats().callsTotal, 0);
    },
  },
  ...changes.map(
    ({ name, server, client, request, reply, codes }): ScriptFields => ({
      name: `${name}, where contracts are not compared`,
      only: once,
      async run({ connect }, findings) {
        const handlers = { put: () => ({}), get: () => reply };
        await using pair = await connect({
          server: { services: [hosting(orders(server), handlers)] },
        });
        for (const [form, options] of Object.entries(forms)) {
          const checked = { checkContract: false as const, ...options };
          const remote = pair.client.client(orders(client), checked) as Record<string, Method>;
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
