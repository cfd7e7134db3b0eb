import { type Connection, inProcessConnection } from "@aster/transport";
import type { Client, RowClient, SessionReference, SharedReference } from "../client/client.ts";
import { type ClientOptions, createClient, type RowViews } from "../client/create-client.ts";
import { createSession, type SessionOptions } from "../session/create-session.ts";
import type { Session } from "../session/session.ts";

export interface LocalClientOptions extends ClientOptions {
  /**
   * Messages are encoded and decoded as on the wire, so that a value that cannot be encoded is an
   * error. With `false` they are handed over as they are: unchecked, and shared by both sides.
   * Default: true.
   */
  readonly wireCompatible?: boolean | undefined;
}

/** An object that answers calls on a connection: a `Server` or an `AsterServer`. */
export interface ConnectionHandler {
  handle(connection: Connection): void;
}

/**
 * Makes a client of a server in the same program. Interceptors, deadlines and cancellation work as
 * over a network; no socket, node or key is used. There is nothing to close. Throws as
 * {@link createClient} does.
 */
export function createLocalClient<T extends SharedReference>(
  service: T,
  server: ConnectionHandler,
  options: LocalClientOptions & RowViews,
): RowClient<T>;
export function createLocalClient<T extends SharedReference>(
  service: T,
  server: ConnectionHandler,
  options?: LocalClientOptions,
): Client<T>;
export function createLocalClient<T extends SharedReference>(
  service: T,
  server: ConnectionHandler,
  options: LocalClientOptions & Partial<RowViews> = {},
): Client<T> | RowClient<T> {
  const connection = connected(server, options);
  // both ends are the same version of this package, so both read profile B
  return createClient(service, connection, { profile: "B", ...options });
}

export interface LocalSessionOptions
  extends SessionOptions,
    Pick<LocalClientOptions, "wireCompatible"> {}

/** As {@link createLocalClient}, for a session-scoped service. The caller closes the session. */
export function createLocalSession<T extends SessionReference>(
  service: T,
  server: ConnectionHandler,
  options: LocalSessionOptions = {},
): Session<T> {
  const connection = connected(server, options);
  const session = createSession(service, connection, { profile: "B", ...options });
  // the connection carries only this session
  void session.closed.then(() => connection.close());
  return session;
}

function connected(
  server: ConnectionHandler,
  { wireCompatible = true }: Pick<LocalClientOptions, "wireCompatible">,
): Connection {
  const connection = inProcessConnection({ passesValues: !wireCompatible });
  server.handle(connection.server);
  return connection.client;
}
