import { type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import type { Connection } from "@aster/transport";
import { RpcError } from "../error.ts";
import type { Interceptor } from "../interceptor.ts";
import { limitsWith, type RpcLimits } from "../limits.ts";
import { type Compression, plainBytesOf } from "../message/compression.ts";
import { optionError } from "../option-check.ts";
import { StatusCode } from "../status.ts";
import { checkTimeout } from "../time/deadline.ts";
import { BoundMethod } from "./bound-method.ts";
import { type AnyClientMethod, type BindMode, clientMethod } from "./call.ts";
import { checkModeChoice, chooseMode, type ModeChoice } from "./choose-mode.ts";
import type { Client, RowClient, ServiceReference, SharedService } from "./client.ts";

export interface ClientOptions extends ModeChoice {
  /** For calls that set none and whose method has none. Default: no limit. */
  readonly timeoutMs?: number;
  /** Around every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: Partial<RpcLimits>;
  /** Of the requests. Default: payloads of more than 4096 bytes. */
  readonly compression?: Compression;
}

/** Makes a {@link RowClient}: all its calls are in ROW, and of the responses only what is asked for is decoded. */
export interface RowViews {
  readonly rows: "view";
}

/**
 * A typed client on a connection that somebody else made and closes. It sends nothing until a method is called.
 *
 * Throws `ContractError` when `service` is neither a definition nor a decorated class, and {@link RpcError}
 * FAILED_PRECONDITION when it is session-scoped.
 */
export function createClient<T extends ServiceReference>(
  service: T & SharedService<T>,
  connection: Connection,
  options: ClientOptions & RowViews,
): RowClient<T>;
export function createClient<T extends ServiceReference>(
  service: T & SharedService<T>,
  connection: Connection,
  options?: ClientOptions,
): Client<T>;
export function createClient<T extends ServiceReference>(
  service: T & SharedService<T>,
  connection: Connection,
  options: ClientOptions & Partial<RowViews> = {},
): Client<T> | RowClient<T> {
  const definition = serviceDefinitionOf(service as object);
  checkShared(definition);
  checkCallSettings(options);
  if (options.rows !== undefined && options.rows !== "view") {
    throw optionError("rows", '"view"', options.rows);
  }
  const target = { connection, limits: limitsWith(options.limits) };
  const settings = { interceptors: options.interceptors ?? [], timeoutMs: options.timeoutMs };
  const viewsRows = options.rows === "view";
  const bindOptions = {
    inSession: false,
    passesValues: connection.passesValues ?? false,
    viewsRows,
    plainBytes: plainBytesOf(options.compression),
  };
  const usual = options.serialization ?? (viewsRows ? "row" : undefined);
  // without a prototype: no method is shadowed, and awaiting the client calls nothing
  const client: Record<string, AnyClientMethod> = Object.create(null);
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

/** Throws INVALID_ARGUMENT for an option that clients and sessions share and that is out of range. */
export function checkCallSettings(options: Omit<ClientOptions, "limits" | "compression">): void {
  checkModeChoice(options);
  checkTimeout(options.timeoutMs);
  const { interceptors } = options;
  if (interceptors?.every((interceptor) => typeof interceptor === "function") === false) {
    throw optionError("interceptors", "a list of functions", interceptors);
  }
}

/** Throws FAILED_PRECONDITION for a service that is called through sessions. */
export function checkShared({ name, scoped }: ServiceDefinition): void {
  if (scoped === "shared") return;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${name} is session-scoped: open a session, with session(${name}) of an AsterClient or createSession()`,
  );
}

function noViews(mode: string): RpcError {
  return new RpcError(
    StatusCode.INVALID_ARGUMENT,
    `a client with rows: "view" calls in row, not in ${mode}: make another client for that`,
  );
}
