import type { Connection } from "@aster/transport";
import type { Client, RowClient, ServiceReference } from "./client/client.ts";
import { type ClientOptions, createClient, type RowViews } from "./client/create-client.ts";
import { LocalConnection } from "./local/local-connection.ts";

export interface LocalClientOptions extends ClientOptions {
  /**
   * Messages are encoded and decoded as on the wire, so that a value that cannot be sent is noticed. Otherwise they are
   * handed over as they are, unchecked and shared. Default true.
   */
  readonly wireCompatible?: boolean;
}

/** Anything that answers calls on a connection: a `Server` or an `AsterServer`. */
export interface ConnectionHandler {
  handle(connection: Connection): void;
}

/**
 * A client of a server in the same program: interceptors, deadlines and cancellation are those of any call, but no socket,
 * node or key is involved. There is nothing to close.
 */
export function createLocalClient<T extends ServiceReference>(
  service: T,
  server: ConnectionHandler,
  options: LocalClientOptions & RowViews,
): RowClient<T>;
export function createLocalClient<T extends ServiceReference>(
  service: T,
  server: ConnectionHandler,
  options?: LocalClientOptions,
): Client<T>;
export function createLocalClient<T extends ServiceReference>(
  service: T,
  server: ConnectionHandler,
  options: LocalClientOptions & Partial<RowViews> = {},
): Client<T> | RowClient<T> {
  const connection = new LocalConnection({ passesValues: !(options.wireCompatible ?? true) });
  server.handle(connection.other);
  // both ends are of one version
  return createClient(service, connection, { profile: "B", ...options });
}
