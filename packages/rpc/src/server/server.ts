import type { ServiceDefinition } from "@aster/contract";
import type { Connection } from "@aster/transport";
import type { ServerAudit } from "../audit/server-audit.ts";
import { DRAIN_GRACE_MS } from "../defaults.ts";
import type { RpcLimits } from "../limits.ts";
import type { ServerLog } from "../log/server-log.ts";
import { checkNonNegative } from "../option-check.ts";
import { showAs } from "../shown.ts";
import type { Denial } from "./denial.ts";
import { ServerConnection } from "./server-connection.ts";
import { ServerCore } from "./server-core.ts";
import type { DrainOptions, ServerOptions } from "./server-options.ts";
import type { ServerStats } from "./server-stats.ts";

/**
 * Answers calls on connections that the caller accepts and closes. `AsterServer` adds a node,
 * admission and health to it.
 */
export class Server {
  readonly #core: ServerCore;

  /**
   * Throws `RpcError`: INVALID_ARGUMENT for a bad option value and for a value in `services`
   * that is not a service, ALREADY_EXISTS for a service that is listed twice at one version,
   * UNIMPLEMENTED for a method without a handler, and FAILED_PRECONDITION for an instance where a
   * class or a function is needed, or the reverse.
   */
  constructor(options: ServerOptions) {
    this.#core = new ServerCore(options);
  }

  get limits(): RpcLimits {
    return this.#core.limits;
  }

  /** @internal */
  get log(): ServerLog | undefined {
    return this.#core.log;
  }

  /** @internal */
  get audit(): ServerAudit | undefined {
    return this.#core.audit;
  }

  /** The definitions of all hosted services. */
  get definitions(): ServiceDefinition[] {
    return this.#core.router.services.map((service) => service.definition);
  }

  /**
   * Answers all calls of a connection from now on. Call it once per connection; the caller closes
   * the connection.
   */
  handle(connection: Connection): void {
    new ServerConnection(this.#core, connection);
  }

  /** @internal Passes the failure of a callback to `onError`. Never throws. */
  callbackFailed(name: string, peer: string, cause: unknown): void {
    this.#core.callbackFailed(name, peer, cause);
  }

  /** @internal Passes a denial to `onDenied`. Never throws. */
  denied(denial: Denial): void {
    this.#core.denied(denial);
  }

  stats(): ServerStats {
    return this.#core.stats();
  }

  /**
   * Refuses new calls with UNAVAILABLE from now on and waits until the running ones have ended.
   * Closes every session, after the call that runs in it. Resolves with whether all calls and
   * sessions ended within `graceMs`. Connections stay open.
   *
   * Rejects with INVALID_ARGUMENT for a `graceMs` below 0, and then changes nothing.
   */
  async drain({ graceMs = DRAIN_GRACE_MS }: DrainOptions = {}): Promise<boolean> {
    checkNonNegative("graceMs", graceMs);
    return this.#core.drain(graceMs);
  }

  /**
   * Refuses new calls and stops the server's timers. Running calls and open connections are left as
   * they are.
   */
  close(): void {
    this.#core.close();
  }
}

showAs(Server.prototype, "Server", ({ definitions }) => ({
  services: definitions.map(({ name }) => name),
}));
