import type { CallOptions } from "@aster/rpc";
import type { CommandContext } from "../command/context.ts";
import { parseExact, stringifyExact } from "../files/exact-json.ts";
import type { CalleeMethod } from "./callee.ts";
import { invoke, streamsReplies } from "./invoke.ts";

/** Makes one call and prints its replies; the reply of a unary call on several lines for people. */
export async function printReplies(
  output: Pick<CommandContext, "json" | "line">,
  method: CalleeMethod,
  request: unknown,
  options: CallOptions,
): Promise<void> {
  const pretty = !output.json && !streamsReplies(method);
  for await (const reply of invoke(method, request, options)) {
    output.line(pretty ? stringifyExact(parseExact(reply), 2) : reply);
  }
}
