import { ContractError } from "./error.ts";
import type { MethodErrors } from "./error-type.ts";
import type { Interceptor } from "./interceptor.ts";
import type { Requirement } from "./requirement.ts";
import type { SerializationMode } from "./serialization-mode.ts";

/** How one method behaves. */
export interface MethodOptions<E extends MethodErrors = MethodErrors> {
  /** The longest a caller waits by default; hashed as seconds. Absent: as long as it takes. */
  readonly timeoutMs?: number;
  /** Calling it twice does no harm, so that it may be retried. */
  readonly idempotent?: boolean;
  /** The mode clients use for this method, when not the service's first. */
  readonly serialization?: SerializationMode;
  /** Who may call it. Holds together with the service's own requirement; not hashed. */
  readonly requires?: Requirement;
  /** What it may end with, beside plain codes: wire types or `errorType(…)`, by name; not hashed. */
  readonly errors?: E;
  /** Around its calls on the server, inside those of the service. Handed to the server as they are. */
  readonly interceptors?: readonly Interceptor[];
  /** Calls of it served at once; more are refused. Absent: no limit of its own. */
  readonly maxConcurrentCalls?: number;
  /** The name on the wire, when not the key the method is declared under. */
  readonly name?: string;
  /** For people and tools; not hashed. */
  readonly description?: string;
}

/** `"shared"`: one instance for all callers; `"session"`: one instance per session. */
export type ServiceScope = "shared" | "session";

/** How one service behaves. */
export interface ServiceOptions {
  /** The name on the wire, when not the first argument or the name of the class. */
  readonly name?: string;
  /** From 1; versions of one service are separate services to a caller. Default 1. */
  readonly version?: number;
  /** Modes it speaks, preferred first; hashed in this order. Default XLANG. */
  readonly serialization?: SerializationMode | readonly SerializationMode[];
  /**
   * `"shared"`: one instance serves all calls. `"session"`: each session has an instance and a
   * stream of its own. Default: `"shared"`. `"stream"` is an alias of `"session"`, the spelling of
   * the Python package.
   */
  readonly scoped?: ServiceScope | "stream";
  /** Handed to the server as they are. */
  readonly interceptors?: readonly Interceptor[];
  /** Streams served at once: the calls of a shared service, the sessions of another. Absent: no limit of its own. */
  readonly maxConcurrentStreams?: number;
  /** Calls served at once, in sessions too; more are refused. Absent: no limit of its own. */
  readonly maxConcurrentCalls?: number;
  /** Who may call any of its methods; not hashed. */
  readonly requires?: Requirement;
  /** Names of methods on the wire: as the keys are written (default), or in snake_case. */
  readonly naming?: "as-written" | "snake";
  /** For people and tools; not hashed. */
  readonly description?: string;
}

const METHOD_OPTIONS = new Set([
  ...["timeoutMs", "idempotent", "serialization", "requires", "errors", "interceptors"],
  ...["maxConcurrentCalls", "name", "description"],
]);

const SERVICE_OPTIONS = new Set([
  ...["name", "version", "serialization", "scoped", "interceptors", "maxConcurrentStreams"],
  ...["maxConcurrentCalls", "requires", "naming", "description"],
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
      `${place}: unknown option "${key}"${hint || `; there are ${[...allowed].join(", ")}`}`,
    );
  }
}

function checkBound(most: number | undefined, option: string, place: string): void {
  if (most === undefined || (Number.isInteger(most) && most > 0)) return;
  throw new ContractError("option", `${place}: ${option} must be a whole number ≥ 1`);
}

/** Refuses unknown and impossible method options; `place` begins the error text. */
export function checkMethodOptions(options: MethodOptions, place: string): void {
  checkKeys(options, METHOD_OPTIONS, place);
  const { timeoutMs } = options;
  checkBound(options.maxConcurrentCalls, "maxConcurrentCalls", place);
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs > 0)) {
    throw new ContractError(
      "option",
      `${place}: timeoutMs must be more than 0; leave it out to set no timeout`,
    );
  }
}

/** Refuses unknown and impossible service options; `place` begins the error text. */
export function checkServiceOptions(options: ServiceOptions, place: string): void {
  checkKeys(options, SERVICE_OPTIONS, place);
  const { naming, scoped } = options;
  checkBound(options.maxConcurrentStreams, "maxConcurrentStreams", place);
  checkBound(options.maxConcurrentCalls, "maxConcurrentCalls", place);
  if (naming !== undefined && naming !== "as-written" && naming !== "snake") {
    throw new ContractError("option", `${place}: naming must be "as-written" or "snake"`);
  }
  if (scoped !== undefined && !["shared", "stream", "session"].includes(scoped)) {
    throw new ContractError("option", `${place}: scoped must be "shared" or "session"`);
  }
}
