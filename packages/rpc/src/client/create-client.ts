import { type ServiceDefinition, type ServiceMethod, serviceDefinitionOf } from "@aster/contract";
import type { Connection } from "@aster/transport";
import { type Compression, plainBytesOf } from "../compression.ts";
import type { Interceptor } from "../interceptor.ts";
import { limitsWith, type RpcLimits } from "../limits.ts";
import { LocalConnection } from "../local/local-connection.ts";
import type { CodedMode } from "../protocol/mode.ts";
import { BoundMethod } from "./bound-method.ts";
import type { Client, ServiceReference } from "./client.ts";
import { type AnyClientMethod, clientMethod } from "./client-method.ts";

export interface ClientOptions {
  /** Default: what method and service say, in the first mode that can be coded here. */
  readonly serialization?: CodedMode;
  /** For calls that set none and whose method has none. Default: no limit. */
  readonly timeoutMs?: number;
  /** Around every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: Partial<RpcLimits>;
  /** Of the requests. Default: payloads of more than 4096 bytes. */
  readonly compression?: Compression;
}

/**
 * A typed client on a connection that somebody else made and closes. It sends nothing until a method is called.
 *
 * Throws `ContractError` when `service` is neither a definition nor a decorated class.
 */
export function createClient<T extends ServiceReference>(
  service: T,
  connection: Connection,
  options: ClientOptions = {},
): Client<T> {
  const definition = serviceDefinitionOf(service as object);
  const room = { connection, limits: limitsWith(options.limits) };
  const settings = { interceptors: options.interceptors ?? [], timeoutMs: options.timeoutMs };
  const plainBytes = plainBytesOf(options.compression);
  const passesValues = connection instanceof LocalConnection && connection.passesValues;
  // without a prototype: no method is shadowed, and awaiting the client calls nothing
  const client: Record<string, AnyClientMethod> = Object.create(null);
  for (const method of Object.values(definition.methods)) {
    const mode = options.serialization ?? modeOf(definition, method);
    client[method.key] = clientMethod(
      room,
      BoundMethod.of(definition, method, mode, passesValues, plainBytes),
      settings,
    );
  }
  return Object.freeze(client) as Client<T>;
}

/** The method's own mode, else the service's first that we can code; JSON is taken by every server. */
function modeOf(definition: ServiceDefinition, method: ServiceMethod): CodedMode {
  const wanted =
    method.serialization === undefined ? definition.serialization : [method.serialization];
  return wanted.find((mode) => mode === "xlang" || mode === "json") ?? "json";
}
