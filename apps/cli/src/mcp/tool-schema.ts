// JSON Schemas of tools, which are objects without a reference at their top.
import type { WireType } from "@aster/codec";
import { type JsonSchema, jsonSchemaOf } from "@aster/codec/json-schema";
import type { ServiceMethod } from "@aster/contract";

/** The schema of an object. */
export interface ObjectSchema extends Record<string, unknown> {
  readonly type: "object";
  readonly properties?: Record<string, object>;
  readonly required?: string[];
}

/** The bounds of a stream when a call names none, and the most that it can name. */
export const bounds = {
  maxItems: { default: 100, maximum: 10_000 },
  maxSeconds: { default: 10, maximum: 300 },
} as const;

/** The names of the arguments that are not fields of the request. */
export interface ExtraArguments {
  readonly session: string;
  readonly items: string;
  readonly maxItems: string;
  readonly maxSeconds: string;
}

export const isRequestStream = ({ pattern }: ServiceMethod): boolean =>
  pattern === "client_stream" || pattern === "bidi_stream";

export const isReplyStream = ({ pattern }: ServiceMethod): boolean =>
  pattern === "server_stream" || pattern === "bidi_stream";

/** Returns the extra arguments of a method. One that is a field of the request begins with `_`. */
export function extraArguments(method: ServiceMethod): ExtraArguments {
  const fields = isRequestStream(method) ? {} : (messageSchema(method.request).properties ?? {});
  const free = (name: string): string => (Object.hasOwn(fields, name) ? free(`_${name}`) : name);
  return {
    session: free("session_id"),
    items: "items",
    maxItems: free("max_items"),
    maxSeconds: free("max_seconds"),
  };
}

/** The schema of a tool's arguments: the request, or a list of them, and the extra arguments. */
export function inputSchema(method: ServiceMethod, inSession: boolean): ObjectSchema {
  const extra = extraArguments(method);
  const request = isRequestStream(method)
    ? listSchema(method.request, extra.items, "the requests, in their order")
    : messageSchema(method.request);
  const properties = { ...request.properties };
  if (inSession) {
    properties[extra.session] = { type: "string", description: "the id of an open session" };
  }
  if (isReplyStream(method)) {
    const about = (text: string) => ({ description: `the call ends after so many ${text}` });
    properties[extra.maxItems] = {
      ...{ type: "integer", minimum: 1, ...bounds.maxItems },
      ...about("replies"),
    };
    properties[extra.maxSeconds] = {
      ...{ type: "number", exclusiveMinimum: 0, ...bounds.maxSeconds },
      ...about("seconds"),
    };
  }
  const required = [...(request.required ?? []), ...(inSession ? [extra.session] : [])];
  return { ...request, properties, required };
}

/** The schema of a structured result: a reply, or a list of them and the cause of its end. */
export function outputSchema(method: ServiceMethod): ObjectSchema {
  if (!isReplyStream(method)) return messageSchema(method.response);
  const list = listSchema(method.response, "items", "the replies");
  const ended = {
    enum: ["complete", "max_items", "max_seconds", "max_characters"],
    description: "complete: the stream ended by itself; otherwise the bound that cut it",
  };
  return {
    ...list,
    properties: { ...list.properties, ended },
    required: ["items", "ended"],
  };
}

function listSchema(type: unknown, name: string, description: string): ObjectSchema {
  const { $schema: _, $defs, ...items } = jsonSchemaOf(type as WireType);
  return {
    type: "object",
    properties: { [name]: { type: "array", items, description } },
    required: [name],
    additionalProperties: false,
    ...($defs && { $defs }),
  };
}

/** The schema of a message, whose reference to its own definition is resolved. */
function messageSchema(type: unknown): ObjectSchema {
  const { $schema: _, $defs = {}, $ref, ...own } = jsonSchemaOf(type as WireType);
  if ($ref === undefined) return { ...(own as object), type: "object", ...definitions($defs) };
  const tag = $ref.replace("#/$defs/", "").replaceAll("~1", "/").replaceAll("~0", "~");
  const { [tag]: root, ...others } = $defs;
  const isUsed = JSON.stringify($defs).includes(`"${$ref}"`);
  return { ...(root as object), type: "object", ...definitions(isUsed ? $defs : others) };
}

function definitions($defs: Readonly<Record<string, JsonSchema>>): { $defs?: object } {
  return Object.keys($defs).length > 0 ? { $defs } : {};
}
