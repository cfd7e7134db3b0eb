import { defineService, implement, type SerializationMode, serverStream, unary } from "@aster/rpc";
import { type RecordedCall, type RecordOptions, recordCall } from "../raw/recorded-call.ts";
import { type ScriptFields, type ScriptRow, scriptRows } from "../row-kinds/script-row.ts";
import { text, texts } from "../row-kinds/step.ts";
import { conformanceHandlers } from "../service/call-handlers.ts";
import { Conformance, ConformanceInAllModes } from "../service/definitions.ts";
import { Reply, Request } from "../service/messages.ts";
import { Observer } from "../service/observer.ts";

/** The mode of the target makes no difference to these rows. */
const once = { mode: "xlang" } as const;
const ROW_SCHEMA = 0x08;
const MODES = ["xlang", "native", "row", "json"] as const;
const request = { payload: text("p"), data: texts("one", "two") };

const Mixed = defineService(
  "aster.conformance.Mixed",
  { version: 1, serialization: ["json", "xlang"] },
  {
    usual: unary(Request, Reply),
    inRows: serverStream(Request, Reply, { serialization: "row" }),
    native: unary(Request, Reply, { serialization: "native" }),
  },
);

const all = () => implement(ConformanceInAllModes, conformanceHandlers(new Observer()));
const two = () => implement(Conformance, conformanceHandlers(new Observer()));

const xlangA: RecordedCall = { mode: 0, frames: [[0, 0x02]] };
const xlangB: RecordedCall = { mode: 0, frames: [[0, 0x01]] };
const json: RecordedCall = { mode: 3, frames: [[0, 0x7b]] };
const everything = ["xlang", "xlang1", "native", "row", "json"];

interface Sent {
  readonly name: string;
  readonly options: RecordOptions;
  readonly form: RecordedCall;
}

const sent: readonly Sent[] = [
  {
    name: "XLANG, for a peer that reads profile B",
    options: { peerModes: ["xlang", "xlang1"] },
    form: xlangB,
  },
  { name: "XLANG, for a peer that does not", options: { peerModes: ["xlang"] }, form: xlangA },
  { name: "XLANG, for a peer that offers no mode", options: { peerModes: [] }, form: xlangA },
  {
    name: "XLANG in profile A, as asked",
    options: { peerModes: ["xlang", "xlang1"], profile: "A" },
    form: xlangA,
  },
  { name: "JSON, for a peer that offers only JSON", options: { peerModes: ["json"] }, form: json },
  {
    name: "JSON, as asked",
    options: { peerModes: everything, serialization: "json" },
    form: json,
  },
];

export const modeRows: readonly ScriptRow[] = scriptRows("modes", [
  ...sent.map(
    ({ name, options, form }): ScriptFields => ({
      name: `on the wire: ${name}`,
      only: once,
      async run({ nodes }, findings) {
        await using pair = await nodes();
        const call = await recordCall(pair, ConformanceInAllModes, options, (client) =>
          client.unary(request),
        );
        findings.same("the call", call, form);
      },
    }),
  ),
  {
    name: "on the wire: NATIVE and ROW, as asked",
    only: once,
    async run({ nodes }, findings) {
      await using pair = await nodes();
      const in_ = (serialization: SerializationMode, frames: number) =>
        recordCall(
          pair,
          ConformanceInAllModes,
          { serialization },
          (client) => client.unary(request),
          frames,
        );
      findings.same("the mode of NATIVE", (await in_("native", 1)).mode, 1);
      const rows = await in_("row", 2);
      findings.same("the mode of ROW", rows.mode, 2);
      const flags = rows.frames.map(([one]) => one);
      findings.same("the frames of ROW, schema first", flags, [ROW_SCHEMA, 0]);
    },
  },
  {
    name: "on the wire: the call's mode, then the client's, then the method's, then the service's",
    only: once,
    async run({ nodes }, findings) {
      await using pair = await nodes();
      const peerModes = everything;
      const modeOf = async (
        serialization: SerializationMode | undefined,
        method: "usual" | "native",
        asked: SerializationMode | undefined,
      ) => {
        const options = { peerModes, ...(serialization === undefined ? {} : { serialization }) };
        const call = asked === undefined ? {} : { serialization: asked };
        return (await recordCall(pair, Mixed, options, (client) => client[method](request, call)))
          .mode;
      };
      findings.same("the service's", await modeOf(undefined, "usual", undefined), 3);
      findings.same("the method's", await modeOf(undefined, "native", undefined), 1);
      findings.same("the client's", await modeOf("xlang", "native", undefined), 0);
      findings.same("the call's", await modeOf("xlang", "native", "json"), 3);
    },
  },
  {
    name: "from call to call on one connection, in every pattern",
    only: once,
    async run({ connect }, findings) {
      await using pair = await connect({ server: { services: [all()] } });
      const remote = pair.client.client(ConformanceInAllModes);
      for (const serialization of [...MODES, ...MODES.toReversed()]) {
        const one = await remote.unary(request, { serialization });
        findings.same(`unary in ${serialization}`, shown(one), "one, 1 of 1");
        const sum = await remote.clientStream([request, request], { serialization });
        findings.same(`client stream in ${serialization}`, shown(sum), "one, 2 of 2");
        for (const stream of [
          remote.serverStream(request, { serialization }),
          remote.bidiStream([request], { serialization }),
        ]) {
          const replies: string[] = [];
          for await (const reply of stream) replies.push(shown(reply));
          findings.same(`stream in ${serialization}`, replies, ["one, 1 of 1", "two, 1 of 1"]);
        }
      }
    },
  },
  {
    name: "in all modes at once",
    only: once,
    async run({ connect }, findings) {
      await using pair = await connect({ server: { services: [all()] } });
      const remote = pair.client.client(ConformanceInAllModes);
      const asked = Array.from(
        { length: 80 },
        (_, n) => MODES[n % MODES.length] as SerializationMode,
      );
      const replies = await Promise.all(
        asked.map((serialization, n) =>
          remote.unary({ data: texts(`${n}`), delayMs: n % 5 }, { serialization }),
        ),
      );
      findings.same(
        "the replies",
        replies.map(({ payload }) => Buffer.from(payload).toString()),
        asked.map((_, n) => `${n}`),
      );
    },
  },
  {
    name: "one that the peer does not offer is refused before anything is sent",
    only: once,
    async run({ connect }, findings) {
      await using pair = await connect({ server: { services: [two()] } });
      const remote = pair.client.client(Conformance);
      for (const serialization of ["native", "row"] as const) {
        const details = { reason: "serialization.mismatch", ours: serialization };
        const call = () => remote.unary(request, { serialization });
        await findings.fails(serialization, call, 9, details);
        const stream = () => remote.serverStream(request, { serialization }).next();
        await findings.fails(`a stream in ${serialization}`, stream, 9, details);
      }
      findings.same("calls", pair.server.stats().callsTotal, 0);
      findings.same("the next", shown(await remote.unary(request)), "one, 1 of 1");
    },
  },
  {
    name: "methods with modes of their own",
    only: once,
    async run({ connect }, findings) {
      const { unary: usual, serverStream: inRows } = conformanceHandlers(new Observer());
      const mixed = implement(Mixed, { usual, inRows, native: usual } as never);
      await using pair = await connect({ server: { services: [mixed] } });
      const remote = pair.client.client(Mixed);
      findings.same("usual", shown(await remote.usual(request)), "one, 1 of 1");
      findings.same("native", shown(await remote.native(request)), "one, 1 of 1");
      const rows: string[] = [];
      for await (const reply of remote.inRows(request)) rows.push(shown(reply));
      findings.same("in rows", rows, ["one, 1 of 1", "two, 1 of 1"]);
      const wrong = () => remote.usual(request, { serialization: "row" });
      await findings.fails("a mode that only another method has", wrong, 3);
    },
  },
  {
    name: "an unknown mode is refused",
    only: once,
    async run({ connect }, findings) {
      await using pair = await connect({ server: { services: [two()] } });
      const remote = pair.client.client(Conformance);
      const call = () => remote.unary(request, { serialization: "cbor" as "json" });
      await findings.fails("the call", call, 3);
    },
  },
]);

function shown({ payload, items, bytes }: { payload: Uint8Array; items: number; bytes: number }) {
  return `${Buffer.from(payload)}, ${items} of ${bytes}`;
}
