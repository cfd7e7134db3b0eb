import { type CompressionSetting, compressionFault } from "./compression-setting.ts";
import type { ContextNeeds } from "./context-value.ts";
import { ContractError } from "./error.ts";
import type { MethodErrors } from "./error-type.ts";
import type { Interceptor } from "./interceptor.ts";
import type { MethodPattern } from "./message.ts";
import type { Requirement } from "./requirement.ts";
import type { SerializationMode } from "./serialization-mode.ts";

/** The options of one method. */
export interface MethodOptions<E extends MethodErrors = MethodErrors> {
  /** The default timeout of a call; hashed as seconds. Default: no timeout. */
  readonly timeoutMs?: number | undefined;
  /** `true` if a call may be repeated, for instance by a retry. Default: `false`. */
  readonly idempotent?: boolean | undefined;
  /** The mode that clients use for this method. Default: the first mode of the service. */
  readonly serialization?: SerializationMode | undefined;
  /** The roles that a caller needs, in addition to those that the service requires; not hashed. */
  readonly requires?: Requirement | undefined;
  /** The errors that the method declares, by name: wire types or `errorType(…)`; not hashed. */
  readonly errors?: E | undefined;
  /** Interceptors of its calls on the server. They run inside those of the service. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** The most concurrent calls of the method; more are refused. Default: no limit. */
  readonly maxConcurrentCalls?: number | undefined;
  /**
   * The most requests of one client stream; a longer one ends with RESOURCE_EXHAUSTED. `Infinity`
   * lifts the limit. Not hashed. Default: that of the service. Only for client streams.
   */
  readonly maxClientStreamItems?: number | undefined;
  /** The compression of its messages, on both sides; not hashed. Default: that of the service. */
  readonly compression?: CompressionSetting | undefined;
  /** The name on the wire. Default: the key of the method. */
  readonly name?: string | undefined;
  /** A description for people and tools; not hashed. */
  readonly description?: string | undefined;
}

/** `"shared"`: one instance for all callers; `"session"`: one instance per session. */
export type ServiceScope = "shared" | "session";

/** The options of one service. */
export interface ServiceOptions {
  /** The name on the wire. Default: the first argument, or the name of the class. */
  readonly name?: string | undefined;
  /** From 1. Clients see each version as a service of its own. Default: 1. */
  readonly version?: number | undefined;
  /** The serialization modes, preferred first; hashed in this order. Default: XLANG. */
  readonly serialization?: SerializationMode | readonly SerializationMode[] | undefined;
  /**
   * `"shared"`: one instance serves all calls. `"session"`: each session has an instance and a
   * stream of its own. Default: `"shared"`. `"stream"` is an alias of `"session"`, the spelling of
   * the Python package.
   */
  readonly scoped?: ServiceScope | "stream" | undefined;
  /** Interceptors of its calls on the server. They run inside those of the server. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** The most concurrent streams: calls if shared, else sessions. Default: no limit. */
  readonly maxConcurrentStreams?: number | undefined;
  /** The most concurrent calls, also in sessions; more are refused. Default: no limit. */
  readonly maxConcurrentCalls?: number | undefined;
  /**
   * The most requests of one client stream; a longer one ends with RESOURCE_EXHAUSTED. `Infinity`
   * lifts the limit. Not hashed. Default: the limit of the server.
   */
  readonly maxClientStreamItems?: number | undefined;
  /**
   * The compression of its messages, on both sides; not hashed. A client or server with
   * `compression: false` compresses none. Default: that of the client or server.
   */
  readonly compression?: CompressionSetting | undefined;
  /** The roles that a caller of any method needs; not hashed. */
  readonly requires?: Requirement | undefined;
  /** The names of methods on the wire: the keys (default), or the keys in snake_case. */
  readonly naming?: "as-written" | "snake" | undefined;
  /** A description for people and tools; not hashed. */
  readonly description?: string | undefined;
}

/** The additions of a class to the definition that it serves. */
export interface AttachmentOptions {
  /** Interceptors of its calls. They run inside those of the definition. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /**
   * The values that its methods need in their context. A server that hosts the class must have
   * interceptors that add them.
   */
  readonly needs?: ContextNeeds | undefined;
}

/** The options of a class that is a service. */
export interface ServiceClassOptions extends ServiceOptions, Pick<AttachmentOptions, "needs"> {}

const ATTACHMENT_OPTIONS = new Set(["interceptors", "needs"]);

const METHOD_OPTIONS = new Set([
  ...["timeoutMs", "idempotent", "serialization", "requires", "errors", "interceptors"],
  ...["maxConcurrentCalls", "maxClientStreamItems", "compression", "name", "description"],
]);

const SERVICE_OPTIONS = new Set([
  ...["name", "version", "serialization", "scoped", "interceptors", "maxConcurrentStreams"],
  ...["maxConcurrentCalls", "maxClientStreamItems", "compression", "requires", "naming"],
  "description",
]);

function checkKeys(options: object, allowed: ReadonlySet<string>, place: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ContractError("option", `${place}: options must be an object`);
  }
  for (const key of Object.keys(options)) {
    if (allowed.has(key)) continue;
    const hint = key === "timeout" ? "; use timeoutMs, in milliseconds" : "";
    throw new ContractError(
      "option",
      `${place}: unknown option "${key}"${hint || `; use ${[...allowed].join(", ")}`}`,
    );
  }
}

function checkInterceptors(list: unknown, place: string): void {
  if (list === undefined) return;
  if (Array.isArray(list) && list.every((one) => typeof one === "function")) return;
  throw new ContractError("option", `${place}: interceptors must be a list of functions`);
}

function checkBound(most: number | undefined, option: string, place: string): void {
  if (most === undefined || (Number.isInteger(most) && most > 0)) return;
  throw new ContractError("option", `${place}: ${option} must be an integer from 1, not ${most}`);
}

function checkItems(most: number | undefined, place: string): void {
  if (most === Number.POSITIVE_INFINITY) return;
  checkBound(most, "maxClientStreamItems", place);
}

function checkCompression(setting: CompressionSetting | undefined, place: string): void {
  const fault = compressionFault(setting);
  if (fault === undefined) return;
  const { option, expected, value } = fault;
  throw new ContractError(
    "option",
    `${place}: ${option} must be ${expected}, not ${String(value)}`,
  );
}

/** Refuses unknown method options and invalid values. `place` begins the error text. */
export function checkMethodOptions(
  options: MethodOptions,
  pattern: MethodPattern,
  place: string,
): void {
  checkKeys(options, METHOD_OPTIONS, place);
  const { timeoutMs, maxClientStreamItems } = options;
  if (maxClientStreamItems !== undefined && pattern !== "client_stream") {
    throw new ContractError("option", `${place}: maxClientStreamItems is for client streams only`);
  }
  checkInterceptors(options.interceptors, place);
  checkBound(options.maxConcurrentCalls, "maxConcurrentCalls", place);
  checkItems(options.maxClientStreamItems, place);
  checkCompression(options.compression, place);
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    throw new ContractError(
      "option",
      `${place}: timeoutMs must be finite and more than 0, not ${timeoutMs}; ` +
        "leave it out for no timeout",
    );
  }
}

/** Refuses unknown service options and invalid values. `place` begins the error text. */
export function checkServiceOptions(options: ServiceOptions, place: string): void {
  checkKeys(options, SERVICE_OPTIONS, place);
  const { naming, scoped } = options;
  checkInterceptors(options.interceptors, place);
  checkBound(options.maxConcurrentStreams, "maxConcurrentStreams", place);
  checkBound(options.maxConcurrentCalls, "maxConcurrentCalls", place);
  checkItems(options.maxClientStreamItems, place);
  checkCompression(options.compression, place);
  if (naming !== undefined && naming !== "as-written" && naming !== "snake") {
    throw new ContractError(
      "option",
      `${place}: naming must be "as-written" or "snake", not ${JSON.stringify(naming)}`,
    );
  }
  if (scoped !== undefined && !["shared", "stream", "session"].includes(scoped)) {
    throw new ContractError(
      "option",
      `${place}: scoped must be "shared" or "session", not ${JSON.stringify(scoped)}`,
    );
  }
}

/** Refuses unknown options and invalid values. `place` begins the error text. */
export function checkAttachment(options: AttachmentOptions, place: string): void {
  checkKeys(options, ATTACHMENT_OPTIONS, place);
  checkInterceptors(options.interceptors, place);
  for (const [name, value] of Object.entries(options.needs ?? {})) {
    if (value?.kind === "context-value") continue;
    throw new ContractError("option", `${place}: needs.${name} must be contextValue<Type>()`);
  }
}
