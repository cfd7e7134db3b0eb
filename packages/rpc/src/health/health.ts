import { optionError } from "../option-check.ts";

/** The serving status of a server or service, in the words of `grpc.health.v1`. */
export type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/**
 * The status that a server reports about itself and its services to monitoring. It has no effect on
 * calls.
 */
export interface Health {
  /** Names of the hosted services. */
  readonly services: string[];
  /** The status of one service, or of the server. No service is serving when the server is not. */
  status(service?: string): ServingStatus;
  /**
   * Sets the status of one service, or of the server. Throws INVALID_ARGUMENT for a service that is
   * not hosted.
   */
  set(serving: boolean, service?: string): void;
}

/** The {@link Health} of an `AsterServer`, which also reports a drain. */
export class ServerHealth implements Health {
  readonly #services: Map<string, boolean>;
  /** Called after every change. */
  onChange: () => void = () => {};
  #draining = false;
  #healthy = true;

  constructor(services: readonly string[]) {
    this.#services = new Map(services.map((name) => [name, true]));
  }

  /** The server drains: it is healthy, and not serving. */
  get draining(): boolean {
    return this.#draining;
  }

  /** The server begins to drain. */
  drain(): void {
    this.#draining = true;
    this.onChange();
  }

  /** False after `set(false)` for the server. A drain does not change it. */
  get healthy(): boolean {
    return this.#healthy;
  }

  get services(): string[] {
    return [...this.#services.keys()];
  }

  status(service?: string): ServingStatus {
    const serving = service === undefined ? true : this.#services.get(service);
    if (serving === undefined) return "SERVICE_UNKNOWN";
    return serving && this.#healthy && !this.#draining ? "SERVING" : "NOT_SERVING";
  }

  set(serving: boolean, service?: string): void {
    if (service === undefined) this.#healthy = serving;
    else if (this.#services.has(service)) this.#services.set(service, serving);
    else throw optionError("service", `one of ${this.services.join(", ")}`, service);
    this.onChange();
  }
}
