import type { IncomingMessage, ServerOptions } from "node:http";
import { isIP } from "node:net";

/** The most open connections. A further one replaces the oldest. */
export const MOST_CONNECTIONS = 64;

/** The time for a request to arrive, for its answer to be read, and between two requests. */
const REQUEST_TIMEOUT_MS = 5_000;

/** Bounds of a request, so that slow or large ones hold no connection. */
export const requestBounds: ServerOptions = {
  headersTimeout: REQUEST_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 500,
  maxHeaderSize: 8_192,
};

/** The longest time without data on a connection. */
export const SILENCE_TIMEOUT_MS: number = 2 * REQUEST_TIMEOUT_MS;

/** An answer that refuses a request. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Returns the refusal of a request that is neither GET nor HEAD, or whose Host is not one of the
 * endpoint; `undefined` for any other request. IP addresses and `localhost` are always hosts of the
 * endpoint, and `hosts` are its names. A page in a browser can reach the endpoint under a name of
 * its own, but it cannot hide that name.
 */
export function refusalOf(
  { method, headers }: Pick<IncomingMessage, "method" | "headers">,
  hosts: ReadonlySet<string>,
): Refusal | undefined {
  if (method !== "GET" && method !== "HEAD") {
    return {
      status: 405,
      error: "use GET or HEAD",
      headers: { allow: "GET, HEAD", connection: "close" },
    };
  }
  // requests of HTTP/1.0 may have none; browsers do not send those
  if (headers.host === undefined || isHost(headers.host, hosts)) return undefined;
  return {
    status: 421,
    error: "unknown Host; list the names of the endpoint in healthPort.hosts",
    headers: { connection: "close" },
  };
}

function isHost(text: string, hosts: ReadonlySet<string>): boolean {
  const name = text.replace(/:\d{1,5}$/, "").toLowerCase();
  if (name === "localhost" || hosts.has(name)) return true;
  return isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

/**
 * Returns whether a request for `/metrics` asks for the text of Prometheus: by its query or, as a
 * Prometheus server does, by its `Accept`.
 */
export function wantsText(query: string | undefined, accept: string | undefined): boolean {
  const format = new URLSearchParams(query).get("format");
  if (format !== null) return format === "prometheus";
  return accept !== undefined && /text\/plain|application\/openmetrics-text/i.test(accept);
}
