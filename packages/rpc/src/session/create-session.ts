import { type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import type { Connection } from "@aster/transport";
import { BoundMethod } from "../client/bound-method.ts";
import { type BindMode, clientMethod } from "../client/call.ts";
import { chooseMode } from "../client/choose-mode.ts";
import type { ServiceReference, SessionReference } from "../client/client.ts";
import { type ClientOptions, checkCallSettings, factsOf } from "../client/create-client.ts";
import { RpcError } from "../error.ts";
import { limitsWith } from "../limits.ts";
import { packingOf } from "../message/compression.ts";
import { modeNumber, type WireMode } from "../protocol/mode.ts";
import { showingPrototype } from "../shown.ts";
import { StatusCode } from "../status.ts";
import { ClientSession } from "./client-session.ts";
import { controlOf, type OpenedSession, type Session } from "./session.ts";

export interface SessionOptions extends Omit<ClientOptions, "retry"> {
  /**
   * The session is abandoned when the server does not confirm the cancellation of a call in this
   * time. Default: 5 s.
   */
  readonly cancelTimeoutMs?: number | undefined;
}

const CONTROLS: readonly string[] = ["close", "closed"];

/**
 * Opens a session on a connection that the caller made and closes. It needs no round trip: a server
 * that refuses the session ends its first call with the error. All calls use one mode:
 * `serialization`, or else the first mode of the service. Modes of single methods do not count.
 *
 * Throws {@link RpcError}: FAILED_PRECONDITION for a shared service, for one with a method under
 * the key `close` or `closed`, and when the peer takes none of the modes; INVALID_ARGUMENT for a
 * bad option value. Throws `ContractError` when `service` is neither a definition nor a decorated
 * class.
 */
export function createSession<T extends SessionReference>(
  service: T,
  connection: Connection,
  options: SessionOptions = {},
): Session<T> {
  return openSession<T>(service, connection, options).session;
}

/** Like {@link createSession}, and returns the object behind the session too. */
export function openSession<T extends ServiceReference>(
  service: object,
  connection: Connection,
  options: SessionOptions,
): OpenedSession<Session<T>> {
  const definition = serviceDefinitionOf(service);
  checkSession(definition);
  checkCallSettings(options);
  const form = sessionForm(definition, options);
  const limits = limitsWith(options.limits);
  const session = new ClientSession(connection, {
    service: definition.name,
    version: definition.version,
    mode: form,
    form: form === "json" ? "json" : "fory",
    limits,
    cancelTimeoutMs: options.cancelTimeoutMs,
  });
  const target = { connection: session, limits, held: session.held };
  const settings = { interceptors: options.interceptors ?? [], timeoutMs: options.timeoutMs };
  const bindOptions = {
    inSession: true,
    passesValues: connection.passesValues ?? false,
    viewsRows: false,
    packing: packingOf(options.compression),
  };
  const client: Record<PropertyKey, unknown> = Object.create(
    showingPrototype("Session", factsOf(definition, connection)),
  );
  for (const method of Object.values(definition.methods)) {
    const bind: BindMode = (asked) => {
      if (asked !== undefined && modeNumber(asked) !== modeNumber(form)) throw otherMode(form);
      return BoundMethod.of(definition, method, form, bindOptions);
    };
    client[method.key] = clientMethod(target, method.pattern, bind, settings);
  }
  const made = Object.freeze(Object.assign(client, controlOf(session))) as Session<T>;
  return { session: made, opened: session };
}

function checkSession({ name, scoped, methods }: ServiceDefinition): void {
  if (scoped !== "session") {
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      `${name} is shared: call it through a client, or declare it with scoped: "session"`,
    );
  }
  const taken = CONTROLS.find((key) => Object.hasOwn(methods, key));
  if (taken === undefined) return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${name}: "${taken}" is a member of every session; keep the method under another key, with { name: "${taken}" }`,
  );
}

/**
 * The mode of all calls: the requested one, else the first mode of the service that the peer
 * offers.
 */
function sessionForm(definition: ServiceDefinition, options: SessionOptions): WireMode {
  const [method] = Object.values(definition.methods);
  if (method === undefined) return "json";
  return chooseMode(
    definition,
    { ...method, serialization: undefined },
    options.serialization,
    options,
  );
}

function otherMode(form: string): RpcError {
  return new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `all calls of this session use the mode ${form}; open another session for another mode`,
  );
}
