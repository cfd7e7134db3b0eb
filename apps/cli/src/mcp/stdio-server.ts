import type { McpServerFactory } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Host } from "../host.ts";

/** Serves MCP on stdin and stdout until stdin ends or the command is interrupted. */
export async function serveOnStdio(
  { stdin, stdout, stderr, interrupted }: Host,
  servers: McpServerFactory,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    stdin
      .once("end", resolve)
      .once("close", resolve)
      .once("error", () => resolve());
    interrupted.addEventListener("abort", () => resolve());
    if (interrupted.aborted) resolve();
  });
  const server = serveStdio(servers, {
    transport: new StdioServerTransport(stdin, stdout),
    onerror: (error) => stderr.write(`aster mcp: ${error.message}\n`),
  });
  await ended;
  await server.close();
  // an open stdin keeps the process alive
  stdin.destroy();
}
