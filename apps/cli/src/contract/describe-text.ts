import type { stylist } from "../output/style.ts";
import { columns } from "../output/table.ts";
import type { FieldFacts, MethodFacts, ServiceFacts } from "./describe.ts";

type Style = ReturnType<typeof stylist>;

/** A service as text: its methods, and the fields of their messages. */
export function serviceText(service: ServiceFacts, style: Style): string {
  const head = `${style("bold", service.name)} v${service.version} (${service.scoped}, ${service.modes.join(", ")})`;
  const types = Object.entries(service.types).map(
    ([tag, fields]) => `  type ${style("cyan", tag)}\n${fieldsText(fields)}`,
  );
  const parts = [...service.methods.map((method) => methodText(method, style)), ...types];
  return [`${head}\n  contract ${service.contractId}`, ...parts].join("\n");
}

/** A method as text: its pattern and the fields of its messages. */
export function methodText(method: MethodFacts, style: Style): string {
  const { name, pattern, request, response, timeoutSeconds, idempotent } = method;
  const notes = [
    pattern,
    ...(timeoutSeconds === null ? [] : [`timeout ${timeoutSeconds} s`]),
    ...(idempotent ? ["idempotent"] : []),
  ];
  return [
    `  ${style("green", name)} (${notes.join(", ")})`,
    `    request ${style("cyan", request.type)}`,
    fieldsText(request.fields, "      "),
    `    response ${style("cyan", response.type)}`,
    fieldsText(response.fields, "      "),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function fieldsText(fields: readonly FieldFacts[], indent = "    "): string {
  if (fields.length === 0) return "";
  const rows = fields.map(({ name, type, required, default: value }) => [
    name,
    type,
    required ? "required" : value === undefined ? "optional" : `default ${JSON.stringify(value)}`,
  ]);
  return columns(rows)
    .split("\n")
    .map((line) => indent + line)
    .join("\n");
}
