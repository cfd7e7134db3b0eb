import type { CallOptions } from "@aster/rpc";
import { z } from "zod";
import type { CommandContext } from "../command/context.ts";
import { ExitCode, usageFailure } from "../command/failure.ts";
import { valuesOf } from "../files/lines.ts";
import { callFailure, unknownName } from "./call-failure.ts";
import type { Callee, CalleeMethod } from "./callee.ts";
import { invoke, streamsRequests } from "./invoke.ts";
import { PushedItems } from "./pushed-items.ts";

const lineShape = z.union([
  z.strictObject({
    method: z.string(),
    request: z.unknown().optional(),
    pattern: z.enum(["unary", "server_stream", "client_stream", "bidi_stream"]).optional(),
  }),
  z.strictObject({ item: z.unknown() }),
  z.strictObject({ end: z.literal(true) }),
]);

type CallLine = Extract<z.output<typeof lineShape>, { method: string }>;

/** A call whose requests are the following lines. */
interface OpenCall {
  readonly items: PushedItems;
  readonly ended: Promise<void>;
}

/**
 * Runs the calls of stdin in a session, one after another, and prints a line for each reply and
 * each failed call. Resolves with the exit code: 1 if a call failed.
 */
export async function runSession(
  context: CommandContext,
  callee: Callee,
  options: CallOptions,
): Promise<number> {
  let exitCode = 0;
  let open: OpenCall | undefined;
  const run = async (line: CallLine, requests: unknown): Promise<void> => {
    try {
      const method = methodOf(callee, line);
      for await (const reply of invoke(method, requests, options)) context.line(reply);
    } catch (error) {
      if (context.host.interrupted.aborted) throw error;
      exitCode = ExitCode.FAILED;
      context.line(JSON.stringify({ error: (await callFailure(error)).fields }));
    }
  };
  const finish = async (): Promise<void> => {
    open?.items.end();
    await open?.ended;
    open = undefined;
  };
  for await (const value of valuesOf(context.host)) {
    const line = lineOf(value);
    if ("item" in line) {
      if (open === undefined) throw usageFailure("an item has no call", "begin with a method line");
      await open.items.push(line.item);
    } else if ("end" in line) await finish();
    else {
      await finish();
      if (line.request === undefined && isStream(callee, line)) {
        const items = new PushedItems();
        const ended = run(line, items).finally(() => items.end());
        // observed when the call is finished
        ended.catch(() => {});
        open = { items, ended };
      } else await run(line, requestsOf(callee, line));
    }
  }
  await finish();
  return exitCode;
}

function lineOf(value: unknown): z.output<typeof lineShape> {
  const read = lineShape.safeParse(value);
  if (read.success) return read.data;
  throw usageFailure(
    "a line of the session is neither a call, an item nor the end of items",
    'write {"method":M,"request":{…}}, {"item":…} or {"end":true}',
    "json.malformed",
  );
}

function methodOf(callee: Callee, { method, pattern }: CallLine): CalleeMethod {
  const found = callee.method(method, pattern);
  if (found === undefined) throw unknownName("method", method, callee.names ?? []);
  return found;
}

function isStream(callee: Callee, { method, pattern }: CallLine): boolean {
  const found = callee.method(method, pattern);
  return found !== undefined && streamsRequests(found);
}

function requestsOf(callee: Callee, line: CallLine): unknown {
  const { request = {} } = line;
  return isStream(callee, line) && !Array.isArray(request) ? [request] : request;
}
