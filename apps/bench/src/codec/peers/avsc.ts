import type { Schema } from "avsc";
import avro from "avsc";
import type { Contender } from "../contender.ts";
import type { PlainSuiteName } from "../suite.ts";
import { suites } from "../suite.ts";

function record(name: string, fields: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "record",
    name,
    fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
  };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

const schemas: Record<PlainSuiteName, Schema> = {
  small: record("Order", {
    id: "int",
    customer: "string",
    total: "double",
    paid: "boolean",
    items: "int",
    note: "string",
  }),
  mission: record("Mission", {
    agentId: "string",
    state: "string",
    sinceMs: "double",
    loads: list("double"),
    capabilities: list("string"),
    attributes: { type: "map", values: "string" },
    place: record("Place", { region: "string", zone: "string", x: "double", y: "double" }),
    tasks: list(
      record("Task", {
        id: "int",
        title: "string",
        progress: "double",
        urgent: "boolean",
        labels: list("string"),
      }),
    ),
  }),
  list1000: record("Points", {
    points: list(record("Point", { id: "int", x: "double", y: "double", label: "string" })),
  }),
  floats: record("Floats", { values: "bytes" }),
};

/** Avro. Its fastest encoding of floats is their bytes. */
export function avsc(suite: PlainSuiteName): Contender {
  const type = avro.Type.forSchema(schemas[suite]);
  if (suite !== "floats") {
    const value = suites[suite];
    return {
      encode: () => type.toBuffer(value),
      decode: (bytes) => type.fromBuffer(bytes as Buffer),
    };
  }
  const { values } = suites.floats;
  return {
    encode: () =>
      type.toBuffer({ values: Buffer.from(values.buffer, values.byteOffset, values.byteLength) }),
    decode: (bytes) => {
      const { values: copy } = type.fromBuffer(bytes as Buffer);
      return { values: new Float64Array(copy.buffer, copy.byteOffset, copy.byteLength / 8) };
    },
  };
}
