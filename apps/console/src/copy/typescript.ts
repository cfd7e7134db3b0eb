import { parseJson } from "../json/exact-json.ts";
import { type Call, streamsReplies, streamsRequests } from "../state/call.ts";

/** Writes a call as a program. */
export function typescriptOf(call: Call): string {
  const { service, method, session, metadata, timeoutMs, pattern, request = "{}" } = call.choice;
  const requests = streamsRequests(pattern) ? call.sent.value : [request];
  const given = streamsRequests(pattern)
    ? `[${requests.map((each) => literal(parseJson(each))).join(", ")}]`
    : literal(parseJson(request));
  const options = optionsText(metadata, timeoutMs);
  const variable = session === undefined ? "service" : "session";
  const target =
    session === undefined
      ? `const service = client.proxy(${quoted(service)});`
      : `await using session = await client.session(${quoted(service)});`;
  const name = isName(method) ? `.${method}` : "";
  const found = name === "" ? `proxyMethod(${variable}, ${quoted(method)})` : variable + name;
  const made = `${found}${KINDS[pattern]}(${given}${options})`;
  const lines = [
    `import { AsterClient${name === "" ? ", proxyMethod" : ""} } from "@aster/rpc";`,
    "",
    `await using client = await AsterClient.connect(${quoted(call.address)});`,
    target,
    ...(streamsReplies(pattern)
      ? [`for await (const reply of ${made}) {`, "  console.log(reply);", "}"]
      : [`console.log(await ${made});`]),
  ];
  return `${lines.join("\n")}\n`;
}

const KINDS = {
  unary: "",
  server_stream: ".stream",
  client_stream: ".clientStream",
  bidi_stream: ".bidi",
} as const;

/** Names that a proxy does not have as members. */
const TOOL_NAMES =
  /^(then|toJSON|asymmetricMatch|nodeType|tagName|hasAttribute|close|closed|constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf|__.*)$/;

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);
const isName = (name: string): boolean => isIdentifier(name) && !TOOL_NAMES.test(name);

const quoted = (text: string): string => JSON.stringify(text);

function optionsText(
  metadata: readonly (readonly [string, string])[],
  timeoutMs: number | undefined,
): string {
  const options = {
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  return Object.keys(options).length === 0 ? "" : `, ${literal(options)}`;
}

/** Writes a JSON value as JavaScript. */
function literal(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(", ")}]`;
  const members = Object.entries(value).map(([key, member]) => {
    // `__proto__: x` would set the prototype
    const name = key === "__proto__" ? '["__proto__"]' : isIdentifier(key) ? key : quoted(key);
    return `${name}: ${literal(member)}`;
  });
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
