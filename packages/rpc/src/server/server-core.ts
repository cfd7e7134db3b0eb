import { ServerAudit } from "../audit/server-audit.ts";
import { printFailure, runCallback } from "../failure-log.ts";
import { checkInterceptors } from "../interceptor-chain.ts";
import { limitsWith, type RpcLimits } from "../limits.ts";
import { Log } from "../log/log.ts";
import { ServerLog } from "../log/server-log.ts";
import { type Packing, packingOf } from "../message/compression.ts";
import { OpenSessions } from "../session/open-sessions.ts";
import { statusName } from "../status.ts";
import { clearTimer, setLimit } from "../time/clock.ts";
import { Sweep } from "../time/sweep.ts";
import { nextTurn } from "../time/turn.ts";
import type { Denial } from "./denial.ts";
import { drainingError, exhausted, newErrorId, type ServerFault } from "./errors.ts";
import { GatedConnections } from "./gated-connections.ts";
import type { PeerBudget } from "./peer-budget.ts";
import type { Route } from "./route.ts";
import { RouteCache } from "./route-cache.ts";
import { Router } from "./router.ts";
import { ServerBudget } from "./server-budget.ts";
import type { PeerDirectory, ServerOptions } from "./server-options.ts";
import type { ServerStats } from "./server-stats.ts";

/**
 * The state that all connections, calls and sessions of one server share: limits, routes, timers
 * and counters.
 *
 * `Server` creates it and wraps it. Each `ServerConnection` counts its calls in with `begin` and
 * out with `release`. It lives until `close`, which stops its timers.
 */
export class ServerCore {
  readonly limits: RpcLimits;
  /** The compression of the responses of methods without a setting of their own. */
  readonly packing: Packing;
  readonly budget: ServerBudget;
  readonly router: Router;
  readonly routes: RouteCache = new RouteCache();
  /** Bounds the time of streams without a header, and of streams that the caller does not end. */
  readonly sweep: Sweep;
  /** Bounds the time of answers that their callers do not read. */
  readonly unread: Sweep;
  readonly sessions: OpenSessions;
  readonly peers: PeerDirectory | undefined;
  readonly requiresAdmission: boolean;
  /** The connections whose calls need an admission. */
  readonly gated: GatedConnections = new GatedConnections();
  readonly log: ServerLog | undefined;
  readonly audit: ServerAudit | undefined;
  readonly #onError: (fault: ServerFault) => void;
  readonly #onDenied: (denial: Denial) => void;
  #callsTotal = 0;
  #callsSucceeded = 0;
  #callsFailed = 0;
  /** By status code. */
  readonly #refused = new Map<number, number>();
  #streamsTotal = 0;
  #draining = false;
  #onIdle: (() => void)[] = [];

  /** Throws as the constructor of `Server` does. */
  constructor(options: ServerOptions) {
    this.limits = limitsWith(options.limits);
    this.budget = new ServerBudget(this.limits);
    this.packing = packingOf(options.compression);
    checkInterceptors(options.interceptors);
    this.router = new Router(
      options.services,
      options.interceptors ?? [],
      this.limits,
      options.peers,
      (denial) => this.denied(denial),
    );
    this.peers = options.peers;
    this.requiresAdmission = options.requireAdmission ?? false;
    this.sweep = new Sweep(this.limits.headerTimeoutMs);
    this.unread = new Sweep(this.limits.unreadTimeoutMs);
    this.sessions = new OpenSessions(this.limits.sessionIdleMs, () => this.#checkIdle());
    const log = Log.of(options.log);
    this.log = log && new ServerLog(log);
    if (options.audit !== undefined) {
      this.audit = new ServerAudit(options.audit, options.peers, (peer, cause) =>
        this.callbackFailed("audit", peer, cause),
      );
    }
    this.#onError = options.onError ?? (log === undefined ? printFault : () => {});
    this.#onDenied = options.onDenied ?? (() => {});
    if (this.requiresAdmission) this.peers?.onLapse?.((peer) => this.gated.lapse(peer));
  }

  get draining(): boolean {
    return this.#draining;
  }

  stats(): ServerStats {
    return {
      calls: this.budget.calls,
      callsTotal: this.#callsTotal,
      callsSucceeded: this.#callsSucceeded,
      callsFailed: this.#callsFailed,
      callsRefused: Object.fromEntries(
        [...this.#refused].map(([code, count]) => [statusName(code), count]),
      ),
      streamsTotal: this.#streamsTotal,
      heldBytes: this.budget.heldBytes,
      sessions: this.sessions.count,
    };
  }

  /** Refuses new calls and sessions; resolves with whether all have ended within the time. */
  drain(graceMs: number): Promise<boolean> {
    this.#draining = true;
    this.sessions.drain();
    if (this.#idle) return Promise.resolve(true);
    if (graceMs <= 0) return nextTurn().then(() => this.#idle);
    return new Promise((resolve) => {
      const timer = setLimit(() => resolve(false), graceMs);
      this.#onIdle.push(() => {
        clearTimer(timer);
        resolve(true);
      });
    });
  }

  close(): void {
    this.#draining = true;
    this.sweep.close();
    this.unread.close();
    this.sessions.close();
  }

  /** Throws UNAVAILABLE while the server drains. */
  checkDraining(): void {
    if (this.#draining) throw drainingError();
  }

  /**
   * Counts a call of a peer in. Throws UNAVAILABLE while the server drains and RESOURCE_EXHAUSTED
   * above a limit.
   */
  begin(route: Route, peer: PeerBudget): void {
    this.checkDraining();
    if (peer.calls >= peer.maxCalls) {
      throw exhausted(`${peer.maxCalls} calls of this peer`, "maxCallsPerPeer");
    }
    if (!this.budget.takesCall(peer.calls)) {
      throw exhausted(`${this.budget.calls} calls of this server`, "maxCalls");
    }
    checkConcurrency(route);
    route.service.calls += 1;
    route.calls += 1;
    this.addCall(peer);
    this.#callsTotal += 1;
  }

  countStream(): void {
    this.#streamsTotal += 1;
  }

  /** Counts how a call ended for its caller. Its handler may still be running. */
  countEnd(succeeded: boolean): void {
    if (succeeded) this.#callsSucceeded += 1;
    else this.#callsFailed += 1;
  }

  /** Counts a call that ended before it was counted in. */
  countRefused(code: number): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** Counts a call out, after its handler has returned or when it will never run. */
  release(route: Route, peer: PeerBudget): void {
    route.calls -= 1;
    route.service.calls -= 1;
    this.removeCall(peer);
  }

  /** Counts a call in: a new one, or one that is over and of whose answer a part has not left. */
  addCall(peer: PeerBudget): void {
    peer.calls += 1;
    this.budget.calls += 1;
  }

  /** Counts it out. */
  removeCall(peer: PeerBudget): void {
    peer.calls -= 1;
    this.budget.calls -= 1;
    if (this.budget.calls === 0) this.#checkIdle();
  }

  /** Logs a denial and passes it to `onDenied`. Never throws. */
  denied(denial: Denial): void {
    // the log has a line of its own for admissions
    if (denial.gate !== 1) this.log?.denied(denial);
    if (denial.gate === 0 && denial.method === undefined) this.audit?.refusedConnection(denial);
    runCallback(
      () => this.#onDenied(denial),
      (cause) => this.callbackFailed("onDenied", denial.peer, cause),
    );
  }

  /** Passes the failure of a callback to `onError`. Never throws. */
  callbackFailed(name: string, peer: string, cause: unknown): void {
    this.report({ errorId: newErrorId(), service: "", method: name, peer, cause });
  }

  /** Logs a fault and passes it to `onError`. When that fails, both are printed. Never throws. */
  report(fault: ServerFault, requestId?: string): void {
    this.log?.failed(fault, requestId);
    runCallback(
      () => this.#onError(fault),
      (cause) => {
        printFault(fault);
        printFailure(`onError failed for [${fault.errorId}]`, cause);
      },
    );
  }

  get #idle(): boolean {
    return this.budget.calls === 0 && this.sessions.count === 0;
  }

  #checkIdle(): void {
    if (!this.#idle) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}

/**
 * Throws RESOURCE_EXHAUSTED when the service or the method has as many calls as it may have at a
 * time.
 */
function checkConcurrency({ service, method, title, calls }: Route): void {
  const { name, scoped, maxConcurrentStreams, maxConcurrentCalls } = service.definition;
  // in a session-scoped service the sessions are the streams, not the calls inside them
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

function printFault({ errorId, service, method, cause }: ServerFault): void {
  const title = [service, method].filter((name) => name !== "").join(".");
  printFailure(`${title || "the server"} failed [${errorId}]`, cause);
}
