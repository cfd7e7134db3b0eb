import { runOutsideCalls } from "../context.ts";
import { concealException, newErrorId } from "../server/fault.ts";
import type { HostedService } from "../server/hosted-service.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import { StatusCode } from "../status.ts";
import { closeInstance, type SessionInstances } from "./session-instances.ts";

/** What serves one session, and is told once that it is over. */
export class SessionInstance {
  readonly instance: object;
  readonly #owner: ServerConnection;
  readonly #service: HostedService;
  #closed = false;

  /** Makes it. Throws INTERNAL, without a word about why, when that fails. */
  constructor(owner: ServerConnection, service: HostedService) {
    this.#owner = owner;
    this.#service = service;
    try {
      this.instance = (service.instances as SessionInstances).make(owner.peer);
    } catch (cause) {
      const { errorId, error } = concealException(StatusCode.INTERNAL);
      this.#report(errorId, cause);
      throw error;
    }
  }

  /** Tells it, and calls `told` when it knows; only once. */
  close(told: () => void): void {
    if (this.#closed) return;
    this.#closed = true;
    void runOutsideCalls(() => closeInstance(this.instance))
      .catch((cause: unknown) => this.#report(newErrorId(), cause))
      .then(told);
  }

  #report(errorId: string, cause: unknown): void {
    const service = this.#service.definition.name;
    const { server, peer } = this.#owner;
    server.tell({ errorId, service, method: "", peer, cause });
  }
}
