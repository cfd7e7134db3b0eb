import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { RpcError } from "../error.ts";
import { checkInteger, optionError } from "../option-check.ts";
import type { AsterServerStats } from "../server/server-stats.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { ServerHealth } from "./health.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import { prometheusText } from "./prometheus.ts";
import { MOST_CONNECTIONS, refusalOf, requestBounds, SILENCE_TIMEOUT_MS } from "./request-rules.ts";

/** The address of the health endpoint. */
export interface HealthAddress {
  /** 0 for any free port. */
  readonly port: number;
  /**
   * Default: `127.0.0.1`. The endpoint has no access control, so choose an address that only
   * monitoring reaches.
   */
  readonly host?: string | undefined;
  /**
   * The names that the Host of a request may have, besides `host`, `localhost` and IP addresses.
   * Requests for other names are refused with 421, because a page in a browser could have sent
   * them. Default: none.
   */
  readonly hosts?: readonly string[] | undefined;
}

const MOST_PORT = 65_535;

/** Reads the option `healthPort`. Throws INVALID_ARGUMENT for a bad value. */
export function healthAddressOf(
  option: number | HealthAddress | undefined,
): HealthAddress | undefined {
  if (option === undefined) return undefined;
  const address = typeof option === "number" ? { port: option } : option;
  checkInteger("healthPort", address.port, 0, MOST_PORT);
  const { hosts = [] } = address;
  if (!Array.isArray(hosts) || !hosts.every((name) => typeof name === "string")) {
    throw optionError("healthPort.hosts", "a list of host names", hosts);
  }
  return address;
}

/**
 * Answers `/healthz`, `/readyz`, `/metrics` and `/metrics/prometheus` over HTTP, for orchestrators
 * and scrapers. It holds a bounded number of connections, each for a bounded time, and refuses
 * requests of browsers for other hosts.
 */
export class HealthEndpoint {
  readonly #health: ServerHealth;
  readonly #stats: () => AsterServerStats;
  readonly #http: HttpServer;
  readonly #startedAt = now();
  readonly #hosts: ReadonlySet<string>;
  /** The oldest first. */
  readonly #sockets = new Set<Socket>();

  private constructor(
    health: ServerHealth,
    stats: () => AsterServerStats,
    hosts: readonly string[],
  ) {
    this.#health = health;
    this.#stats = stats;
    this.#hosts = new Set(hosts.map((name) => name.toLowerCase()));
    this.#http = createServer(requestBounds, (request, response) => {
      this.#take(request, response);
    });
    this.#http.setTimeout(SILENCE_TIMEOUT_MS);
    this.#http.on("connection", (socket) => this.#keep(socket));
  }

  /**
   * Rejects with FAILED_PRECONDITION when the port is taken. The caller closes it. An open endpoint
   * does not keep the process alive.
   */
  static async open(
    health: ServerHealth,
    stats: () => AsterServerStats,
    { port, host = "127.0.0.1", hosts = [] }: HealthAddress,
  ): Promise<HealthEndpoint> {
    const endpoint = new HealthEndpoint(health, stats, [host, ...hosts]);
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

  /** Closes the oldest connection for one too many, so that open ones cannot keep others out. */
  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const [oldest] = this.#sockets;
    if (this.#sockets.size > MOST_CONNECTIONS) oldest?.destroy();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOf(request, this.#hosts);
    if (refusal === undefined) this.#answer(request.url?.split("?", 1)[0] ?? "", response);
    else send(response, refusal.status, { error: refusal.error }, refusal.headers);
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

function send(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body, null, 2));
}
