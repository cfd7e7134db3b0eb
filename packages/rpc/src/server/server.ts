import { setImmediate as nextTurn } from "node:timers/promises";
import type { ServiceDefinition } from "@aster/contract";
import type { Connection } from "@aster/transport";
import { RpcError } from "../error.ts";
import type { Interceptor } from "../interceptor.ts";
import { limitsWith, type RpcLimits } from "../limits.ts";
import { type Compression, plainBytesOf } from "../message/compression.ts";
import { OpenSessions } from "../session/open-sessions.ts";
import { StatusCode } from "../status.ts";
import { clearTimer, setTimer } from "../time/clock.ts";
import { Sweep } from "../time/sweep.ts";
import type { ServerFault } from "./fault.ts";
import type { Route } from "./route.ts";
import { RouteCache } from "./route-cache.ts";
import { Router } from "./router.ts";
import { exhausted, ServerConnection } from "./server-connection.ts";
import type { PeerDirectory } from "./server-context.ts";

export interface ServerOptions {
  /** Instances of decorated classes, and what `implement` made. */
  readonly services: readonly object[];
  /** Around every call, outside those of the services. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: Partial<RpcLimits>;
  /** Of the responses. Default: payloads of more than 4096 bytes. */
  readonly compression?: Compression;
  /** Where attributes and roles of peers come from. Without it every peer has none. */
  readonly peers?: PeerDirectory;
  /** Calls of peers that `peers` does not know end with UNAUTHENTICATED, also those it has forgotten meanwhile. Default false. */
  readonly requireAdmission?: boolean;
  /** Told about mistakes on our side; what it throws is ignored. Default: `process.emitWarning`, without the peer's data. */
  readonly onError?: (fault: ServerFault) => void;
}

export interface DrainOptions {
  /** What calls that run have to end by themselves. Default 10 000. */
  readonly graceMs?: number;
}

export interface ServerStats {
  /** Calls whose handlers have not returned. */
  readonly calls: number;
  /** Calls that were let in since the start. */
  readonly callsTotal: number;
  /** Of these, calls that have ended with OK. */
  readonly callsSucceeded: number;
  /** Of these, calls that have ended otherwise; their handlers need not have returned. */
  readonly callsFailed: number;
  /** Streams that peers have opened since the start, for a call or a session each. */
  readonly streamsTotal: number;
  /** Sessions whose services have not been told that they are over. */
  readonly sessions: number;
}

/** Answers calls on connections that somebody else accepts. {@link AsterServer} does that too. */
export class Server {
  readonly limits: RpcLimits;
  /** @internal Longer payloads are compressed. */
  readonly plainBytes: number;
  /** @internal */
  readonly router: Router;
  /** @internal */
  readonly routes: RouteCache = new RouteCache();
  /** @internal */
  readonly sweep: Sweep;
  /** @internal */
  readonly sessions: OpenSessions;
  /** @internal */
  readonly peers: PeerDirectory | undefined;
  /** @internal */
  readonly requiresAdmission: boolean;
  readonly #onError: (fault: ServerFault) => void;
  #calls = 0;
  #callsTotal = 0;
  #callsSucceeded = 0;
  #callsFailed = 0;
  #streamsTotal = 0;
  #draining = false;
  #idle: (() => void)[] = [];

  /** Throws `ContractError` for what is no service, and {@link RpcError} for services that cannot be hosted together. */
  constructor(options: ServerOptions) {
    this.limits = limitsWith(options.limits);
    this.plainBytes = plainBytesOf(options.compression);
    this.router = new Router(options.services, options.interceptors ?? [], this.limits);
    this.peers = options.peers;
    this.requiresAdmission = options.requireAdmission ?? false;
    this.sweep = new Sweep(this.limits.headerTimeoutMs);
    this.sessions = new OpenSessions(this.limits.sessionIdleMs, () => this.#rest());
    this.#onError = options.onError ?? warn;
  }

  get definitions(): ServiceDefinition[] {
    return this.router.services.map((service) => service.definition);
  }

  /** Answers the calls of this connection from now on, once per connection. The caller closes it. */
  handle(connection: Connection): void {
    new ServerConnection(this, connection);
  }

  stats(): ServerStats {
    return {
      calls: this.#calls,
      callsTotal: this.#callsTotal,
      callsSucceeded: this.#callsSucceeded,
      callsFailed: this.#callsFailed,
      streamsTotal: this.#streamsTotal,
      sessions: this.sessions.count,
    };
  }

  /**
   * Refuses new calls with UNAVAILABLE from now on and waits until those that run have returned. Sessions are closed,
   * one with a running call after that. Resolves with whether all did. Connections stay open.
   */
  drain({ graceMs = 10_000 }: DrainOptions = {}): Promise<boolean> {
    this.#draining = true;
    this.sessions.drain();
    if (this.#resting()) return Promise.resolve(true);
    if (graceMs <= 0) return nextTurn().then(() => this.#resting());
    return new Promise((resolve) => {
      const timer = setTimer(() => resolve(false), graceMs);
      this.#idle.push(() => {
        clearTimer(timer);
        resolve(true);
      });
    });
  }

  /** Refuses new calls and ends the server's own timer. Calls that run go on; connections are closed by who made them. */
  close(): void {
    this.#draining = true;
    this.sweep.close();
    this.sessions.close();
  }

  /** @internal Throws UNAVAILABLE when nothing new may begin. */
  checkDraining(): void {
    if (this.#draining) throw drainingError();
  }

  /** @internal New calls are refused. */
  get draining(): boolean {
    return this.#draining;
  }

  /** @internal Counts a call in, or throws why there is no place for it. */
  begin(route: Route): void {
    this.checkDraining();
    if (this.#calls >= this.limits.maxCalls) {
      throw exhausted(`${this.limits.maxCalls} calls of this server`, "maxCalls");
    }
    checkConcurrency(route);
    route.service.calls += 1;
    route.calls += 1;
    this.#calls += 1;
    this.#callsTotal += 1;
  }

  /** @internal A peer has opened a stream. */
  countStream(): void {
    this.#streamsTotal += 1;
  }

  /** @internal A call that was counted in has ended for its caller. */
  countEnd(succeeded: boolean): void {
    if (succeeded) this.#callsSucceeded += 1;
    else this.#callsFailed += 1;
  }

  /** @internal The handler of a call has returned, or will never be called. */
  release(route: Route): void {
    route.calls -= 1;
    route.service.calls -= 1;
    this.#calls -= 1;
    if (this.#calls === 0) this.#rest();
  }

  #resting(): boolean {
    return this.#calls === 0 && this.sessions.count === 0;
  }

  #rest(): void {
    if (!this.#resting()) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** @internal */
  report(route: Route | undefined, peer: string, errorId: string, cause: unknown): void {
    const service = route?.service.definition.name ?? "";
    const method = route?.method.name ?? "";
    this.tell({ errorId, service, method, peer, cause });
  }

  /** @internal */
  tell(fault: ServerFault): void {
    try {
      this.#onError(fault);
    } catch {
      // a log that fails must not end the call otherwise
    }
  }
}

/** Throws when as many calls of the service or the method run as may run at once. */
function checkConcurrency({ service, method, title, calls }: Route): void {
  const { name, scoped, maxConcurrentStreams, maxConcurrentCalls } = service.definition;
  // a session is one stream, whatever is called in it
  if (scoped === "shared" && service.calls >= (maxConcurrentStreams ?? Number.POSITIVE_INFINITY)) {
    throw exhausted(`${maxConcurrentStreams} calls of ${name}`, "maxConcurrentStreams");
  }
  if (maxConcurrentCalls !== undefined && service.calls >= maxConcurrentCalls) {
    throw exhausted(`${maxConcurrentCalls} calls of ${name}`, "maxConcurrentCalls");
  }
  if (method.maxConcurrentCalls !== undefined && calls >= method.maxConcurrentCalls) {
    throw exhausted(`${method.maxConcurrentCalls} calls of ${title}`, "maxConcurrentCalls");
  }
}

/** What callers are told from the beginning of a drain on. */
export function drainingError(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, "draining: this server takes no more calls", {
    details: { reason: "draining" },
  });
}

function warn({ errorId, service, method, cause }: ServerFault): void {
  const warning = new Error(`${service}.${method} failed [${errorId}]`, { cause });
  warning.name = "AsterHandlerError";
  if (cause instanceof Error && cause.stack !== undefined) warning.stack = cause.stack;
  process.emitWarning(warning);
}
