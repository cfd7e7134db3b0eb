import type { MethodPattern } from "@aster/contract";
import type { CallOptions } from "@aster/rpc";
import { askOnTerminal } from "../../call/ask-on-terminal.ts";
import { callFailure, unknownName } from "../../call/call-failure.ts";
import type { Callee, CalleeMethod, CallMode } from "../../call/callee.ts";
import { completed } from "../../call/complete-request.ts";
import { streamsRequests } from "../../call/invoke.ts";
import { openCallee } from "../../call/open-callee.ts";
import { printReplies } from "../../call/print-replies.ts";
import { runSession } from "../../call/run-session.ts";
import type { CommandContext } from "../../command/context.ts";
import { usageFailure } from "../../command/failure.ts";
import type { Invocation, Run } from "../../command/spec.ts";
import { valuesOf } from "../../files/lines.ts";
import { parseJson } from "../../files/read-file.ts";
import { connectTo } from "../../peer/connect.ts";
import { peerOptionsOf } from "../../peer/options.ts";

export const call: Run = async (context, { args: [address = "", target = "", json], options }) => {
  const session = options.session === true;
  const [service, method] = session ? [target, ""] : partsOf(target);
  const callOptions = callOptionsOf(context, options);
  // before anything is dialed
  const given = json === undefined || json === "-" ? undefined : parseJson(json, "the request");
  await using client = await connectTo(context, address, peerOptionsOf(options), { service });
  try {
    await using callee = await openCallee(context, client, {
      service,
      session,
      mode: options.mode as CallMode | undefined,
      contract: options.contract as string | undefined,
    });
    if (session) return await runSession(context, callee, callOptions);
    const found = methodOf(callee, method, options.pattern as MethodPattern | undefined);
    const sent = await requestFor(context, found, given, json === "-");
    const ask = json === "-" ? undefined : askOnTerminal(context.host);
    const request =
      ask === undefined || streamsRequests(found) ? sent : await completed(found, sent, ask);
    await printReplies(context, found, request, callOptions);
    return 0;
  } catch (error) {
    throw await callFailure(error);
  }
};

function partsOf(target: string): readonly [service: string, method: string] {
  const at = target.lastIndexOf(".");
  if (at > 0 && at < target.length - 1) return [target.slice(0, at), target.slice(at + 1)];
  throw usageFailure(`"${target}" is not SERVICE.METHOD`, "name both, or open a --session");
}

function methodOf(callee: Callee, name: string, pattern: MethodPattern | undefined): CalleeMethod {
  const found = callee.method(name, pattern);
  if (found === undefined) throw unknownName("method", name, callee.names ?? []);
  return found;
}

function callOptionsOf(context: CommandContext, options: Invocation["options"]): CallOptions {
  const pairs = ((options.metadata ?? []) as readonly string[]).map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
    throw usageFailure(`--metadata takes name=value, not "${pair}"`);
  });
  return {
    metadata: Object.fromEntries(pairs),
    signal: context.host.interrupted,
    timeoutMs: context.timeoutMs,
  };
}

/** The request of the command line, or of stdin. */
async function requestFor(
  { host }: CommandContext,
  method: CalleeMethod,
  given: unknown,
  fromStdin: boolean,
): Promise<unknown> {
  if (streamsRequests(method)) {
    if (given === undefined) return valuesOf(host);
    return Array.isArray(given) ? given : [given];
  }
  if (!fromStdin) return given ?? {};
  for await (const value of valuesOf(host)) return value;
  return {};
}
