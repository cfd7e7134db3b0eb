import {
  type CallToolResult,
  type InputRequiredResult,
  type ListToolsResult,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import manifest from "../../package.json" with { type: "json" };
import type { CallAudit } from "./call-audit.ts";
import type { CallRate } from "./call-rate.ts";
import { Confirmations } from "./confirmation.ts";
import type { Tool, ToolArguments } from "./tool.ts";
import { ToolCall } from "./tool-call.ts";
import type { ToolTable } from "./tool-table.ts";

export interface ToolServerOptions {
  readonly table: ToolTable;
  /** Endpoint id of the peer. */
  readonly peer: string;
  readonly rate: CallRate;
  readonly audit: CallAudit | undefined;
  /** Fires when the command ends. */
  readonly interrupted: AbortSignal;
}

/** Returns a function that makes the MCP server of one connection or request. */
export function toolServers(options: ToolServerOptions): McpServerFactory {
  const confirmations = new Confirmations();
  const info = { name: "aster", version: manifest.version };
  const instructions =
    `The tools call methods of the Aster peer ${options.peer}. Arguments and results are JSON. ` +
    "A tool that returns a stream stops at max_items or max_seconds.";
  return () => {
    const server = new Server(info, {
      capabilities: { tools: {} },
      instructions,
      requestState: { verify: confirmations.verify },
    });
    server.setRequestHandler("tools/list", async () => {
      const tools = [...(await options.table.tools()).values()].map(listed);
      return { tools } as ListToolsResult;
    });
    server.setRequestHandler("tools/call", async ({ params }, context) => {
      const { name, arguments: args = {} } = params;
      const tool = (await options.table.tools()).get(name);
      if (tool !== undefined)
        return await call(options, confirmations, tool, args, server, context);
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${name}`);
    });
    return server;
  };
}

function listed({ name, title, description, inputSchema, outputSchema, idempotent }: Tool): object {
  const annotations = { title, idempotentHint: idempotent };
  return { name, title, description, inputSchema, outputSchema, annotations };
}

async function call(
  { rate, audit, interrupted }: ToolServerOptions,
  confirmations: Confirmations,
  tool: Tool,
  args: ToolArguments,
  server: Server,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  audit?.check();
  const begun = new ToolCall(tool, audit);
  const answer = tool.confirms ? confirmations.answer(tool, args, server, context) : undefined;
  if (answer === "declined") {
    return begun.refused("DECLINED", `the user declined the call of ${tool.title}`);
  }
  if (answer === "cannot ask") {
    const message = `${tool.title} needs a confirmation, and this client cannot ask its user`;
    return begun.refused("UNCONFIRMED", message);
  }
  // a confirmed call was counted when the question was asked
  const waitMs = answer === "confirmed" ? 0 : rate.take(tool.name);
  if (waitMs > 0) {
    const message = `too many calls; the next one is possible in ${waitMs} ms`;
    return begun.refused("RATE_LIMITED", message);
  }
  if (answer === "not asked") return await confirmations.question(tool, args);
  return await begun.run(args, AbortSignal.any([context.mcpReq.signal, interrupted]));
}
