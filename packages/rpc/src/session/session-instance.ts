import { runOutsideCalls } from "../context.ts";
import { concealException, newErrorId } from "../server/errors.ts";
import type { HostedService } from "../server/hosted-service.ts";
import type { ServerConnection } from "../server/server-connection.ts";
import { StatusCode } from "../status.ts";
import { closeInstance, type SessionInstances } from "./session-instances.ts";

/** The object that serves one session. */
export class SessionInstance {
  readonly instance: object;
  readonly #owner: ServerConnection;
  readonly #service: HostedService;
  #closed = false;

  /**
   * Creates the object. An exception of its constructor is reported, and thrown as INTERNAL without
   * its text.
   */
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

  /** Calls its `onSessionClose` once, and `onClosed` when that has returned. */
  close(onClosed: () => void): void {
    if (this.#closed) return;
    this.#closed = true;
    void runOutsideCalls(() => closeInstance(this.instance))
      .catch((cause: unknown) => this.#report(newErrorId(), cause))
      .then(onClosed);
  }

  #report(errorId: string, cause: unknown): void {
    const service = this.#service.definition.name;
    const { core, peer } = this.#owner;
    core.report({ errorId, service, method: "", peer, cause });
  }
}
