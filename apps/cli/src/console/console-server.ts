import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { listenOnLoopback } from "../command/listen.ts";
import { Access, type Refusal } from "./access.ts";
import type { PageFile } from "./page-files.ts";

const MOST_MESSAGE_BYTES = 32 * 1024 * 1024;
const STATUS: Readonly<Record<Refusal, number>> = { host: 403, origin: 403, token: 401 };
const TEXTS: Readonly<Record<Refusal, string>> = {
  host: "this host name is not that of the console\n",
  origin: "the console takes no requests of other sites\n",
  token: "the link of a console can be used once: start the console again for a new link\n",
};

/** A running console. */
export interface ConsoleServer extends AsyncDisposable {
  /** The address of the page, with its one-time token. */
  readonly url: string;
}

/**
 * Serves the page on 127.0.0.1, and passes each page that connects to `onPage`. The caller disposes
 * of the server. Throws a failure for a port that cannot be used.
 */
export async function serveConsole(
  port: number,
  files: ReadonlyMap<string, PageFile>,
  onPage: (socket: WebSocket) => void,
): Promise<ConsoleServer> {
  const server = createServer();
  const used = await listenOnLoopback(server, port);
  const access = new Access(used);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const headers = securityHeaders(used);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(access, files, request, response);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = access.refusal(request) ?? missingOrigin(request);
    if (refusal === undefined && request.url === "/bridge") {
      sockets.handleUpgrade(request, socket, head, onPage);
    } else {
      const status = refusal === undefined ? 404 : STATUS[refusal];
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    }
  });
  return {
    url: `http://127.0.0.1:${used}/?token=${access.token}`,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  access: Access,
  files: ReadonlyMap<string, PageFile>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = "", url = "/" } = request;
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const token = searchParams.get("token");
  let refusal = access.refusal(request);
  if (refusal === "token" && token !== null && method === "GET" && pathname === "/") {
    const cookie = access.redeem(token);
    if (cookie !== undefined) {
      response.setHeader("set-cookie", cookie);
      refusal = undefined;
    }
  }
  if (refusal !== undefined) {
    response.writeHead(STATUS[refusal], { "content-type": "text/plain" }).end(TEXTS[refusal]);
    return;
  }
  const file = files.get(pathname === "/" ? "/index.html" : pathname);
  if (file === undefined) response.writeHead(404).end();
  else if (method !== "GET" && method !== "HEAD") response.writeHead(405, { allow: "GET" }).end();
  else {
    response.writeHead(200, { "content-type": file.type });
    response.end(method === "HEAD" ? undefined : file.bytes);
  }
}

/** Browsers name the origin of each WebSocket. */
function missingOrigin({ headers }: IncomingMessage): Refusal | undefined {
  return headers.origin === undefined ? "origin" : undefined;
}

function securityHeaders(port: number): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
}
