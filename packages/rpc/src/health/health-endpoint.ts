import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import { now } from "../clock.ts";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";
import type { Health } from "./health.ts";

export interface HealthAddress {
  readonly port: number;
  /** Default `127.0.0.1`: whoever reaches the port may ask. */
  readonly host?: string;
}

/** Answers `/healthz` and `/readyz` over HTTP, as orchestrators ask them. */
export class HealthEndpoint {
  readonly #health: Health;
  readonly #http: HttpServer;
  readonly #startedAt = now();

  private constructor(health: Health) {
    this.#health = health;
    this.#http = createServer((request, response) => {
      this.#answer(request.url?.split("?", 1)[0] ?? "", response);
    });
  }

  /** Rejects with FAILED_PRECONDITION when the port is taken. Whoever opens it closes it; it keeps no process alive. */
  static async open(
    health: Health,
    { port, host = "127.0.0.1" }: HealthAddress,
  ): Promise<HealthEndpoint> {
    const endpoint = new HealthEndpoint(health);
    const http = endpoint.#http;
    await new Promise<void>((resolve, reject) => {
      http.once("error", (cause) => {
        const text = `cannot answer health on ${host}:${port}: choose a free port`;
        reject(new RpcError(StatusCode.FAILED_PRECONDITION, text, { cause }));
      });
      http.listen(port, host, resolve);
    });
    http.unref();
    return endpoint;
  }

  get port(): number {
    const address = this.#http.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  #answer(path: string, response: ServerResponse): void {
    const { well } = this.#health;
    const services = this.#health.services.length;
    if (path === "/healthz") {
      const status = well ? "ok" : "unhealthy";
      send(response, well, { status, uptime_s: Math.round(now() - this.#startedAt) / 1000 });
    } else if (path === "/readyz") {
      const ready = this.#health.status() === "SERVING" && services > 0;
      const status = ready ? "ready" : "not_ready";
      send(response, ready, { status, services, registry: false });
    } else {
      response.writeHead(404, HEADERS).end(JSON.stringify({ error: "not found" }, null, 2));
    }
  }
}

const HEADERS = { "content-type": "application/json" };

function send(response: ServerResponse, well: boolean, body: object): void {
  response.writeHead(well ? 200 : 503, HEADERS).end(JSON.stringify(body, null, 2));
}
