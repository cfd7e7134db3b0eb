import type { CompressionSetting, Interceptor } from "@aster/contract";
import { type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import type { Connection } from "@aster/transport";
import { RpcError } from "../error.ts";
import { checkInterceptors } from "../interceptor-chain.ts";
import { limitsWith, type RpcLimitOptions } from "../limits.ts";
import { packingOf } from "../message/compression.ts";
import { optionError } from "../option-check.ts";
import { callRetries } from "../retry/call-retries.ts";
import {
  checkRetryChoice,
  type PeerRetryOptions,
  type RetryChoice,
} from "../retry/retry-options.ts";
import { type Facts, showingPrototype } from "../shown.ts";
import { StatusCode } from "../status.ts";
import { checkTimeout } from "../time/deadline.ts";
import { BoundMethod } from "./bound-method.ts";
import { type AnyClientMethod, type BindMode, clientMethod } from "./call.ts";
import type { Renewal } from "./call-target.ts";
import { checkModeChoice, chooseMode, type ModeChoice } from "./choose-mode.ts";
import type { Client, RowClient, SharedReference } from "./client.ts";
import { heldCallsOf } from "./held-calls.ts";

export interface ClientOptions extends ModeChoice {
  /**
   * The timeout of calls that have none, neither of their own nor of their method. Default: none.
   */
  readonly timeoutMs?: number | undefined;
  /** Interceptors of every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  readonly limits?: RpcLimitOptions | undefined;
  /**
   * The retries of calls (docs/guide/retries.md); `true` for the default policy. Default: false,
   * and true for the clients of an `AsterClient`.
   */
  readonly retry?: RetryChoice<PeerRetryOptions> | undefined;
  /**
   * The compression of the requests of methods without a setting of their own. `false`: of no
   * method. Default: that of the connection, or messages of more than 4096 bytes.
   */
  readonly compression?: CompressionSetting | undefined;
}

/**
 * Makes a {@link RowClient}: all calls are in ROW, and only the fields that are read are decoded.
 */
export interface RowViews {
  readonly rows: "view";
}

/**
 * Makes a typed client on a connection that the caller made and closes. It sends nothing until a
 * method is called.
 *
 * Throws `ContractError` when `service` is neither a definition nor a decorated class, and
 * {@link RpcError}: FAILED_PRECONDITION for a session-scoped service, INVALID_ARGUMENT for an
 * option out of range.
 */
export function createClient<T extends SharedReference>(
  service: T,
  connection: Connection,
  options: ClientOptions & RowViews,
): RowClient<T>;
export function createClient<T extends SharedReference>(
  service: T,
  connection: Connection,
  options?: ClientOptions,
): Client<T>;
export function createClient<T extends SharedReference>(
  service: T,
  connection: Connection,
  options: ClientOptions & Partial<RowViews> = {},
): Client<T> | RowClient<T> {
  const definition = serviceDefinitionOf(service as object);
  checkShared(definition);
  checkCallSettings(options);
  if (options.rows !== undefined && options.rows !== "view") {
    throw optionError("rows", '"view"', options.rows);
  }
  const held = heldCallsOf(connection);
  const retries = callRetries(
    options.retry ?? false,
    options.interceptors,
    (connection as Renewal).retryTokens,
  );
  const target = { connection, limits: limitsWith(options.limits), held, retries };
  const settings = { interceptors: options.interceptors ?? [], timeoutMs: options.timeoutMs };
  const viewsRows = options.rows === "view";
  const bindOptions = {
    inSession: false,
    passesValues: connection.passesValues ?? false,
    viewsRows,
    packing: packingOf(options.compression),
  };
  const usual = options.serialization ?? (viewsRows ? "row" : undefined);
  const client: Record<string, AnyClientMethod> = Object.create(
    showingPrototype("Client", factsOf(definition, connection)),
  );
  for (const method of Object.values(definition.methods)) {
    const bind: BindMode = (asked) => {
      const mode = chooseMode(definition, method, asked ?? usual, options);
      if (viewsRows && mode !== "row") throw noViews(mode);
      return BoundMethod.of(definition, method, mode, bindOptions);
    };
    client[method.key] = clientMethod(target, method.pattern, bind, settings);
  }
  return Object.freeze(client) as Client<T>;
}

/** The facts that a client or session shows in `console.log`. */
export function factsOf(definition: ServiceDefinition, { peer }: Pick<Connection, "peer">): Facts {
  const { name, version, methods } = definition;
  return { service: name, version, peer, methods: Object.keys(methods) };
}

/** Checks the options that clients and sessions share. Throws INVALID_ARGUMENT. */
export function checkCallSettings(options: Omit<ClientOptions, "limits" | "compression">): void {
  checkModeChoice(options);
  checkTimeout(options.timeoutMs);
  checkRetryChoice("retry", options.retry, true);
  checkInterceptors(options.interceptors);
}

/** Throws FAILED_PRECONDITION for a session-scoped service. */
export function checkShared({ name, scoped }: ServiceDefinition): void {
  if (scoped === "shared") return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${name} is session-scoped: open a session with session(${name}) of an AsterClient or createSession()`,
  );
}

function noViews(mode: string): RpcError {
  return new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `a client with rows: "view" calls in mode row, not ${mode}; make another client for that mode`,
  );
}
