import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import { RpcError } from "../error.ts";
import { checkInteger } from "../option-check.ts";
import type { AsterServerStats } from "../server/server-stats.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { ServerHealth } from "./health.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import { prometheusText } from "./prometheus.ts";

/** The address of the health endpoint. */
export interface HealthAddress {
  /** 0 for any free port. */
  readonly port: number;
  /**
   * Default: `127.0.0.1`. The endpoint has no access control, so choose an address that only
   * monitoring reaches.
   */
  readonly host?: string | undefined;
}

const MOST_PORT = 65_535;

/** Reads the option `healthPort`. Throws INVALID_ARGUMENT for a value that is not a port. */
export function healthAddressOf(
  option: number | HealthAddress | undefined,
): HealthAddress | undefined {
  if (option === undefined) return undefined;
  const address = typeof option === "number" ? { port: option } : option;
  checkInteger("healthPort", address.port, 0, MOST_PORT);
  return address;
}

/**
 * Answers `/healthz`, `/readyz`, `/metrics` and `/metrics/prometheus` over HTTP, for orchestrators
 * and scrapers.
 */
export class HealthEndpoint {
  readonly #health: ServerHealth;
  readonly #stats: () => AsterServerStats;
  readonly #http: HttpServer;
  readonly #startedAt = now();

  private constructor(health: ServerHealth, stats: () => AsterServerStats) {
    this.#health = health;
    this.#stats = stats;
    this.#http = createServer((request, response) => {
      this.#answer(request.url?.split("?", 1)[0] ?? "", response);
    });
  }

  /**
   * Rejects with FAILED_PRECONDITION when the port is taken. The caller closes it. An open endpoint
   * does not keep the process alive.
   */
  static async open(
    health: ServerHealth,
    stats: () => AsterServerStats,
    { port, host = "127.0.0.1" }: HealthAddress,
  ): Promise<HealthEndpoint> {
    const endpoint = new HealthEndpoint(health, stats);
    const http = endpoint.#http;
    await new Promise<void>((resolve, reject) => {
      http.once("error", (cause) => {
        const text = `cannot open the health endpoint on ${host}:${port}; choose a free port`;
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
    if (path === "/healthz") {
      const { health } = this.#metrics();
      send(response, health.status === "ok" ? 200 : 503, health);
    } else if (path === "/readyz") {
      const { ready } = this.#metrics();
      send(response, ready.status === "ready" ? 200 : 503, ready);
    } else if (path === "/metrics") send(response, 200, this.#metrics());
    else if (path === "/metrics/prometheus") {
      response.writeHead(200, TEXT).end(prometheusText(this.#metrics()));
    } else send(response, 404, { error: "not found" });
  }

  #metrics(): Metrics {
    return metricsOf(this.#health, this.#stats(), now() - this.#startedAt);
  }
}

const JSON_TYPE = { "content-type": "application/json" };
const TEXT = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(body, null, 2));
}
