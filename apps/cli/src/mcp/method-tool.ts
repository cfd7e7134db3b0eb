import type { ServiceMethod } from "@aster/contract";
import { z } from "zod";
import type { Callee, CalleeMethod } from "../call/callee.ts";
import { invoke } from "../call/invoke.ts";
import { usageFailure } from "../command/failure.ts";
import { type BoundedReplies, boundedReplies, type ReplyBounds } from "./bounded-replies.ts";
import { structured } from "./structured.ts";
import type { Tool, ToolArguments, ToolReply } from "./tool.ts";
import {
  bounds,
  type ExtraArguments,
  extraArguments,
  inputSchema,
  isReplyStream,
  isRequestStream,
  outputSchema,
} from "./tool-schema.ts";

/** Runs a call with the methods of a service, or of the session that the arguments name. */
export type WithCallee = <T>(
  sessionId: unknown,
  call: (callee: Callee) => Promise<T>,
) => Promise<T>;

const boundsShape = z.object({
  maxItems: z.int().min(1).max(bounds.maxItems.maximum).default(bounds.maxItems.default),
  maxSeconds: z
    .number()
    .positive()
    .max(bounds.maxSeconds.maximum)
    .default(bounds.maxSeconds.default),
});

/** Returns the tool of a method. */
export function methodTool(
  method: ServiceMethod,
  names: Pick<Tool, "name" | "title" | "confirms">,
  {
    inSession,
    timeoutMs,
  }: { readonly inSession: boolean; readonly timeoutMs?: number | undefined },
  withCallee: WithCallee,
): Tool {
  const extra = extraArguments(method);
  return {
    ...names,
    description: describe(method, names.title, inSession),
    inputSchema: inputSchema(method, inSession),
    outputSchema: outputSchema(method),
    idempotent: method.idempotent === true,
    async run(args, signal) {
      const { request, sessionId, limits } = read(method, extra, inSession, args);
      return await withCallee(sessionId, async (callee) => {
        // the callee is made of the same contract
        const found = callee.method(method.name) as CalleeMethod;
        const options = { signal, timeoutMs };
        if (isReplyStream(method)) {
          return streamReply(await boundedReplies(found, request, limits, options));
        }
        const replies: string[] = [];
        for await (const reply of invoke(found, request, options)) replies.push(reply);
        return { texts: replies, structured: structured(replies[0] ?? "{}"), replies: 1 };
      });
    },
  };
}

function describe({ pattern, idempotent }: ServiceMethod, title: string, inSession: boolean) {
  const kinds = {
    unary: "one request, one reply",
    server_stream: "one request, a list of replies",
    client_stream: "a list of requests, one reply",
    bidi_stream: "a list of requests, a list of replies",
  };
  const place = inSession ? " in an open session" : "";
  const repeats = idempotent ? " It can be repeated safely." : "";
  return `Calls ${title}${place}: ${kinds[pattern]}.${repeats}`;
}

/** Takes the extra arguments out; the rest is the request. */
function read(
  method: ServiceMethod,
  extra: ExtraArguments,
  inSession: boolean,
  args: ToolArguments,
) {
  const rest: Record<string, unknown> = { ...args };
  const take = (name: string): unknown => {
    const { [name]: value } = rest;
    delete rest[name];
    return value;
  };
  const sessionId = inSession ? take(extra.session) : undefined;
  const limits = isReplyStream(method)
    ? limitsOf({ maxItems: take(extra.maxItems), maxSeconds: take(extra.maxSeconds) })
    : limitsOf({});
  return { request: isRequestStream(method) ? listOf(rest, extra) : rest, sessionId, limits };
}

function listOf(args: ToolArguments, { items: name }: ExtraArguments): unknown[] {
  const { [name]: items } = args;
  if (Array.isArray(items)) return items;
  throw usageFailure(`${name} is not a list`, "", "request.invalid");
}

function limitsOf(values: object): ReplyBounds {
  const limits = boundsShape.safeParse(values);
  if (limits.success) return limits.data;
  throw usageFailure(
    `max_items takes an integer from 1 to ${bounds.maxItems.maximum}, max_seconds a number up to ${bounds.maxSeconds.maximum}`,
    "",
    "request.invalid",
  );
}

function streamReply({ replies, ended }: BoundedReplies): ToolReply {
  const list = `[${replies.join(",")}]`;
  const notes = ended === "complete" ? [] : [`cut by ${ended}: there may be more replies`];
  return {
    texts: [list, ...notes],
    structured: { ...structured(`{"items":${list}}`), ended },
    replies: replies.length,
  };
}
