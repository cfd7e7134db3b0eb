import { usageFailure } from "../../command/failure.ts";
import type { Invocation, Run } from "../../command/spec.ts";
import { AgentSessions } from "../../mcp/agent-sessions.ts";
import { CallAudit } from "../../mcp/call-audit.ts";
import { CallRate } from "../../mcp/call-rate.ts";
import { serveOnHttp } from "../../mcp/http-server.ts";
import { serveOnStdio } from "../../mcp/stdio-server.ts";
import { toolServers } from "../../mcp/tool-server.ts";
import { ToolTable } from "../../mcp/tool-table.ts";
import { connectTo } from "../../peer/connect.ts";
import { peerOptionsOf } from "../../peer/options.ts";

const LARGEST_PORT = 65_535;

export const mcp: Run = async (context, { args: [address = ""], options }) => {
  const { host } = context;
  const perMinute = numberOf(options, "rate", 1, 1_000_000) ?? 600;
  const port = numberOf(options, "port", 0, LARGEST_PORT) ?? 0;
  const isHttp = options.http === true;
  if (!isHttp && (options.port !== undefined || options.tokenFile !== undefined)) {
    throw usageFailure("--port and --token-file need --http", "add --http");
  }
  const auditFile = options.audit as string | undefined;
  await using audit =
    auditFile === undefined ? undefined : await CallAudit.open(context.path(auditFile));
  await using client = await connectTo(context, address, peerOptionsOf(options), {
    reconnect: true,
  });
  await using sessions = new AgentSessions();
  const contract = options.contract as string | undefined;
  const globs = {
    allow: listOf(options, "allow"),
    deny: listOf(options, "deny"),
    confirm: listOf(options, "confirm"),
  };
  const table = new ToolTable({ context, client, sessions, globs, contract });
  const { size } = await table.tools();
  const servers = toolServers({
    table,
    peer: client.peer,
    rate: new CallRate(perMinute),
    audit,
    interrupted: host.interrupted,
  });
  context.note(`aster mcp: ${size} tools of the peer ${client.peer}`);
  if (isHttp) await serveOnHttp(context, servers, port, options.tokenFile as string | undefined);
  else await serveOnStdio(host, servers);
  return 0;
};

function listOf(options: Invocation["options"], name: string): readonly string[] {
  return (options[name] ?? []) as readonly string[];
}

function numberOf(
  options: Invocation["options"],
  name: string,
  least: number,
  most: number,
): number | undefined {
  const { [name]: text } = options;
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(String(text)) && value >= least && value <= most) return value;
  throw usageFailure(`--${name} takes an integer from ${least} to ${most}, not "${String(text)}"`);
}
