import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServerFactory,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import { listenOnLoopback } from "../command/listen.ts";
import { readText } from "../files/read-file.ts";
import { writeWhole } from "../files/write-file.ts";
import { HttpSessions } from "./http-sessions.ts";

const PATH = "/mcp";

/**
 * Serves MCP as streamable HTTP on 127.0.0.1 until the command is interrupted, and prints the URL.
 * Requests need the bearer token, and a Host and an Origin of this machine.
 */
export async function serveOnHttp(
  context: CommandContext,
  servers: McpServerFactory,
  port: number,
  tokenFile: string | undefined,
): Promise<void> {
  const token = await tokenOf(context, tokenFile);
  const { interrupted, stderr } = context.host;
  const handler = createMcpHandler(servers, {
    legacy: "reject",
    onerror: (error) => stderr.write(`aster mcp: ${error.message}\n`),
  });
  const sessions = new HttpSessions(servers);
  const answer = async (request: Request): Promise<Response> =>
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins()) ??
    refusal(request, token) ??
    (await ((await isOfSession(request)) ? sessions : handler).fetch(request));
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, answer).catch((error: Error) => {
      stderr.write(`aster mcp: ${error.message}\n`);
      outgoing.destroy();
    });
  });
  const url = `http://127.0.0.1:${await listenOnLoopback(server, port)}${PATH}`;
  const result = tokenFile === undefined ? { url, token } : { url, tokenFile };
  context.result(result, Object.values(result).join("\n"));
  if (!interrupted.aborted) await once(interrupted, "abort");
  await handler.close();
  await sessions.close();
  server.closeAllConnections();
  server.close();
}

/** The token of the file. A missing file is written. */
async function tokenOf(context: CommandContext, file: string | undefined): Promise<string> {
  const fresh = randomBytes(32).toString("base64url");
  if (file === undefined) return fresh;
  const path = context.path(file);
  try {
    const token = (await readText(path)).trim();
    if (/^[\w~+/.=-]{16,}$/.test(token)) return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await writeWhole(path, `${fresh}\n`, { mode: 0o600 });
    return fresh;
  }
  throw usageFailure(`${path} contains no token`, "write at least 16 letters and digits into it");
}

function refusal({ url, headers }: Request, token: string): Response | undefined {
  const [, given = ""] = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (!timingSafeEqual(hash(given), hash(token))) {
    return new Response(null, { status: 401, headers: { "www-authenticate": "Bearer" } });
  }
  return new URL(url).pathname === PATH ? undefined : new Response(null, { status: 404 });
}

async function isOfSession(request: Request): Promise<boolean> {
  return request.headers.has("mcp-session-id") || (await isLegacyRequest(request));
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const response = await answer(requestOf(incoming, gone.signal));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing).catch(() => {});
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url, "http://127.0.0.1"), {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as never, duplex: "half" }),
  });
}
