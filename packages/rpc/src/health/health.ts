/** The names of `grpc.health.v1`. */
export type HealthStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** What a server says of itself and of its services, for who watches it. It changes nothing about calls. */
export class Health {
  readonly #services: Map<string, boolean>;
  /** @internal The server is about to end: it is well, and takes no more calls. */
  draining = false;
  #serving = true;

  constructor(services: readonly string[]) {
    this.#services = new Map(services.map((name) => [name, true]));
  }

  /** @internal Whether the server as a whole was said to work. */
  get well(): boolean {
    return this.#serving;
  }

  /** Names of the services that are hosted. */
  get services(): string[] {
    return [...this.#services.keys()];
  }

  /** Of one service, or of the server as a whole. No service is serving when the server is not. */
  status(service?: string): HealthStatus {
    const serving = service === undefined ? true : this.#services.get(service);
    if (serving === undefined) return "SERVICE_UNKNOWN";
    return serving && this.#serving && !this.draining ? "SERVING" : "NOT_SERVING";
  }

  /** Says that one service works or does not, or the server as a whole. Throws `RangeError` for a service that is not hosted. */
  set(serving: boolean, service?: string): void {
    if (service === undefined) this.#serving = serving;
    else if (this.#services.has(service)) this.#services.set(service, serving);
    else throw new RangeError(`${service} is not hosted here: it has no health`);
  }
}
