import { randomUUID } from "node:crypto";
import {
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport as Transport,
} from "@modelcontextprotocol/server";

const MOST_SESSIONS = 64;

/**
 * The sessions of MCP clients that speak a protocol of 2025 over HTTP. A server can ask such a
 * client only within its session. The oldest one is closed for one above the limit.
 */
export class HttpSessions {
  readonly #servers: McpServerFactory;
  readonly #transports = new Map<string, Transport>();

  constructor(servers: McpServerFactory) {
    this.#servers = servers;
  }

  /** Answers a request of a session, or one that begins a session. */
  async fetch(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null) return await this.#begin(request);
    const transport = this.#transports.get(id);
    return (await transport?.handleRequest(request)) ?? new Response(null, { status: 404 });
  }

  async close(): Promise<void> {
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(transports.map((transport) => transport.close()));
  }

  async #begin(request: Request): Promise<Response> {
    const transport: Transport = new Transport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => this.#add(id, transport),
      onsessionclosed: (id) => void this.#transports.delete(id),
    });
    const server = await this.#servers({ era: "legacy", requestInfo: request });
    await server.connect(transport);
    return await transport.handleRequest(request);
  }

  #add(id: string, transport: Transport): void {
    const [oldest] = this.#transports;
    if (oldest !== undefined && this.#transports.size >= MOST_SESSIONS) {
      this.#transports.delete(oldest[0]);
      void oldest[1].close();
    }
    this.#transports.set(id, transport);
  }
}
