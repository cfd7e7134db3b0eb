import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import type { MetricSource } from "../metrics/metric-family.ts";
import { ProcessMetrics } from "../metrics/process-metrics.ts";
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from "../metrics/prometheus-text.ts";
import { serverMetrics } from "../metrics/server-metrics.ts";
import { checkInteger, optionError } from "../option-check.ts";
import type { AsterServerStats } from "../server/server-stats.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { ServerHealth } from "./health.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import {
  MOST_CONNECTIONS,
  refusalOf,
  requestBounds,
  SILENCE_TIMEOUT_MS,
  wantsText,
} from "./request-rules.ts";

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

/** The server that an endpoint reports about. */
export interface ReportedServer {
  readonly health: ServerHealth;
  readonly limits: RpcLimits;
  readonly stats: () => AsterServerStats;
  /** Further metrics for Prometheus. */
  readonly sources: readonly MetricSource[];
}

/**
 * Answers `/healthz`, `/readyz`, `/metrics` and `/metrics/prometheus` over HTTP, for orchestrators
 * and scrapers. It holds a bounded number of connections, each for a bounded time, and refuses
 * requests of browsers for other hosts.
 */
export class HealthEndpoint {
  readonly #server: ReportedServer;
  readonly #process = new ProcessMetrics();
  readonly #http: HttpServer;
  readonly #startedAt = now();
  readonly #hosts: ReadonlySet<string>;
  /** The oldest first. */
  readonly #sockets = new Set<Socket>();

  private constructor(server: ReportedServer, hosts: readonly string[]) {
    this.#server = server;
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
    server: ReportedServer,
    { port, host = "127.0.0.1", hosts = [] }: HealthAddress,
  ): Promise<HealthEndpoint> {
    const endpoint = new HealthEndpoint(server, [host, ...hosts]);
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
    this.#process.stop();
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
    if (refusal === undefined) this.#answer(request, response);
    else send(response, refusal.status, { error: refusal.error }, refusal.headers);
  }

  #answer({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
    const [path, query] = url.split("?", 2);
    if (path === "/healthz") {
      const { health } = this.#metrics();
      send(response, health.status === "ok" ? 200 : 503, health);
    } else if (path === "/readyz") {
      const { ready } = this.#metrics();
      send(response, ready.status === "ready" ? 200 : 503, ready);
    } else if (path === "/metrics") {
      if (wantsText(query, headers.accept)) this.#scrape(response);
      else send(response, 200, this.#metrics());
    } else if (path === "/metrics/prometheus") this.#scrape(response);
    else send(response, 404, { error: "not found" });
  }

  #scrape(response: ServerResponse): void {
    const { stats, limits, sources } = this.#server;
    const own: MetricSource = {
      collect: () => serverMetrics(this.#metrics(), stats(), limits),
    };
    const text = prometheusText([own, this.#process, ...sources]);
    response.writeHead(200, { "content-type": PROMETHEUS_CONTENT_TYPE }).end(text);
  }

  #metrics(): Metrics {
    const { health, stats } = this.#server;
    return metricsOf(health, stats(), now() - this.#startedAt);
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function send(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body, null, 2));
}
