import type { CompressionSetting, ErrorType } from "@aster/contract";
import type { AsyncScope, CurrentCall } from "../context.ts";
import { RpcError } from "../error.ts";
import { requestIdOf } from "../log/request-id.ts";
import { type Metadata, metadataText } from "../metadata.ts";
import { checkTrailer, type TrailerPair } from "../protocol/status-trailer.ts";
import { showAs } from "../shown.ts";
import { epochMs, now } from "../time/clock.ts";
import { checkDeadlineAt } from "../time/deadline.ts";
import { takenContextName } from "./context-name.ts";
import { deadlinePassed } from "./errors.ts";
import type { KnownPeer } from "./known-peer.ts";
import type { Route } from "./route.ts";

const noAttributes: ReadonlyMap<string, string> = new Map();
const noRoles: ReadonlySet<string> = new Set();

/** A call that ends at its deadline. */
export interface TimedCall {
  /** Ends the call at a time, as of `now()`, instead of at a later one. */
  endAt(deadlineAt: number): void;
}

/**
 * The context that a handler receives. Parts that most handlers do not use are created on first
 * use. Its functions are made when they are read, so that they work without `this` and cost nothing
 * before.
 */
export class ServerContext implements CurrentCall {
  readonly peer: string;
  metadata: Metadata;
  deadlineEpochMs: number | undefined;
  deadlineAt: number;
  /** The instance that serves the call, if it belongs to a session. */
  readonly instance: object | undefined;
  readonly #route: Route;
  readonly #known: KnownPeer;
  /** The id that the caller sent, which may be unusable, until the id of the call is read. */
  #requestId: string;
  #abort: AbortController | undefined;
  #aborted: RpcError | undefined;
  /** `null` for OK, `undefined` before the end. */
  #end: RpcError | null | undefined;
  #onEnd: ((error: RpcError | undefined) => void)[] | undefined;
  /** The pairs that are sent with the status; `undefined` for none. */
  trailers: TrailerPair[] | undefined;
  /** The compression of the responses; `undefined` for that of the method. Interceptors set it. */
  compression: CompressionSetting | undefined;
  /** Ends the call at a deadline of an interceptor. Set for calls with interceptors. */
  timed: TimedCall | undefined;
  /** The async context that interceptors made for the handler; `undefined` without interceptors. */
  scope: AsyncScope | undefined;

  constructor(
    route: Route,
    peer: string,
    known: KnownPeer,
    metadata: Metadata,
    deadlineEpochMs: number,
    deadlineAt: number,
    callId: string,
    instance?: object,
  ) {
    this.#route = route;
    this.peer = peer;
    this.#known = known;
    this.metadata = metadata;
    this.deadlineEpochMs = deadlineEpochMs === 0 ? undefined : deadlineEpochMs;
    this.deadlineAt = deadlineAt;
    this.#requestId = callId;
    this.instance = instance;
  }

  get requestId(): string {
    this.#requestId = requestIdOf(this.#requestId);
    return this.#requestId;
  }

  get service(): string {
    return this.#route.service.definition.name;
  }

  get method(): string {
    return this.#route.method.name;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted !== undefined) this.#abort.abort(this.#aborted);
    }
    return this.#abort.signal;
  }

  get remainingMs(): () => number | undefined {
    return () => {
      if (this.deadlineAt === Number.POSITIVE_INFINITY) return undefined;
      return Math.max(0, this.deadlineAt - now());
    };
  }

  get attributes(): ReadonlyMap<string, string> {
    const { record } = this.#known;
    return record === undefined ? noAttributes : new Map(Object.entries(record.attributes));
  }

  get roles(): ReadonlySet<string> {
    return this.#known.record?.roles ?? noRoles;
  }

  get credentialId(): string | undefined {
    return this.#known.record?.credentialId;
  }

  get addTrailer(): (key: string, value: string | Uint8Array) => void {
    return (key, value) => {
      const text = metadataText(key, value);
      const { limits } = this.#route.service;
      checkTrailer(key, text, this.trailers, limits);
      this.trailers ??= [];
      this.trailers.push([key, text]);
    };
  }

  get error(): (name: string, data: unknown, message?: string) => RpcError {
    return (name, data, message) => this.#error(name, data, message);
  }

  #error(name: string, data: unknown, message: string | undefined): RpcError {
    const { errors } = this.#route.method;
    const type: ErrorType | undefined = Object.hasOwn(errors, name) ? errors[name] : undefined;
    if (type === undefined) throw new TypeError(`${this.#route.title} declares no error "${name}"`);
    return RpcError.of(type, data, message === undefined ? {} : { message });
  }

  /**
   * Makes the deadline that an interceptor passed on that of the call, if it is earlier. Throws
   * DEADLINE_EXCEEDED for one that has passed.
   */
  shorten(deadlineAt: number): void {
    checkDeadlineAt(deadlineAt);
    if (deadlineAt >= this.deadlineAt) return;
    const remainingMs = deadlineAt - now();
    if (remainingMs <= 0) throw deadlinePassed();
    this.deadlineAt = deadlineAt;
    this.deadlineEpochMs = Math.ceil(epochMs() + remainingMs);
    this.timed?.endAt(deadlineAt);
  }

  /**
   * Adds values of interceptors as members, and replaces those that were added before. Throws
   * `TypeError` for a name that every context has.
   */
  addValues(values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) {
      const taken = takenContextName(name);
      if (taken !== undefined) throw new TypeError(`values.${name}: ${taken}`);
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true });
    }
  }

  /** Calls back with the status of the call when it is sent; `undefined` for OK. */
  onEnd(listener: (error: RpcError | undefined) => void): void {
    if (this.#end !== undefined) listener(this.#end ?? undefined);
    else {
      this.#onEnd ??= [];
      this.#onEnd.push(listener);
    }
  }

  /** The call has ended, with this error or OK. */
  ended(error: RpcError | undefined): void {
    this.#end = error ?? null;
    if (this.#onEnd !== undefined) for (const listener of this.#onEnd) listener(error);
  }

  /** Aborts the signal, or makes it abort when it is created. */
  abort(reason: RpcError): void {
    this.#aborted ??= reason;
    this.#abort?.abort(this.#aborted);
  }
}

showAs(ServerContext.prototype, "CallContext", (context) => {
  const { service, method, peer, deadlineEpochMs, metadata, roles } = context;
  return { service, method, peer, deadlineEpochMs, metadata, roles };
});
