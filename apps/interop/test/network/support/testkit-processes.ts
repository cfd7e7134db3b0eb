import { type Child, testkitCommand } from "@aster-apps/testkit/process";
import type { Host } from "./host.ts";

export interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly Record<string, unknown>[];
  readonly message?: string;
}

/** The arrival of a reply; `ms` counts from the start of its call. */
export interface Arrival {
  readonly event: "reply";
  readonly index: number;
  readonly ms: number;
}

export interface Summary {
  readonly ok: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Run {
  readonly exit: number | string;
  readonly outcomes: readonly Outcome[];
  readonly arrivals: readonly Arrival[];
  readonly summary: Summary;
  readonly errors: string;
}

/** A running `testkit call` on a host. */
export class CallProcess implements AsyncDisposable {
  readonly child: Child;
  readonly #taken: Arrival[] = [];

  constructor(host: Host, address: string, method: string, args: readonly string[]) {
    this.child = host.run(...testkitCommand, "call", method, "--address", address, ...args);
  }

  /** Waits for the reply of a traced call that has this index. */
  async reply(index = 0, timeoutMs = 30_000): Promise<Arrival> {
    const fits = (value: unknown): value is Arrival => isArrival(value) && value.index === index;
    const arrival = await this.child.line(fits, timeoutMs);
    this.#taken.push(arrival);
    return arrival;
  }

  /** Waits until a traced call is connected; returns the time that took. */
  async connected(timeoutMs = 30_000): Promise<number> {
    return (await this.child.line(isConnected, timeoutMs)).ms;
  }

  /** Starts the calls of a process with `--hold`. */
  go(): void {
    this.child.send({});
  }

  /** Waits for the first call that fails. */
  async failure(timeoutMs = 120_000): Promise<Outcome> {
    const fits = (value: unknown): value is Outcome =>
      isOutcome(value as object) && (value as Outcome).code !== 0;
    return await this.child.line(fits, timeoutMs);
  }

  /** Waits for the end of the process. */
  async ended(): Promise<Run> {
    const exit = await this.child.exited;
    const lines = this.child.lines as readonly object[];
    return {
      exit,
      outcomes: lines.filter(isOutcome),
      arrivals: [...this.#taken, ...lines.filter(isArrival)],
      summary: lines.find(isSummary)?.summary ?? { ok: 0, failed: 0, p50Ms: 0, p99Ms: 0 },
      errors: this.child.errors,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.child.signal("SIGKILL");
    return this.child[Symbol.asyncDispose]();
  }
}

export interface ServerStats {
  readonly connections: number;
  readonly streams: number;
  readonly sessions: number;
  readonly inflight: number;
  readonly rssBytes: number;
}

/** A `testkit serve` on a host. */
export class ServeProcess implements AsyncDisposable {
  readonly host: Host;
  readonly child: Child;
  readonly address: string;
  readonly port: number;

  private constructor(host: Host, child: Child, address: string, port: number) {
    this.host = host;
    this.child = child;
    this.address = address;
    this.port = port;
  }

  static async start(host: Host, ...args: readonly string[]): Promise<ServeProcess> {
    const child = host.run(...testkitCommand, "serve", "--open", ...args);
    const { address, port } = await child.line(isReady);
    return new ServeProcess(host, child, address, port);
  }

  async stats(): Promise<ServerStats> {
    this.child.send({ cmd: "stats" });
    const { stats } = await this.child.line(hasStats);
    return stats;
  }

  /** Waits until the server reports an aborted call of the method. */
  async aborted(method: string, timeoutMs: number): Promise<void> {
    const fits = (value: unknown): value is object => {
      const { event, method: of } = value as { event?: unknown; method?: unknown };
      return event === "aborted" && of === method;
    };
    await this.child.line(fits, timeoutMs);
  }

  /** Waits until the server reports the end of a session; returns its total. */
  async sessionClosed(timeoutMs: number): Promise<number> {
    return (await this.child.line(isSessionClosed, timeoutMs)).total;
  }

  /** The number of reported session ends that no call of `sessionClosed` has consumed. */
  get unseenSessionEnds(): number {
    return this.child.lines.filter(isSessionClosed).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.child.signal("SIGKILL");
    return this.child[Symbol.asyncDispose]();
  }
}

function isConnected(value: unknown): value is { readonly ms: number } {
  return (value as { event?: unknown }).event === "connected";
}

function isReady(value: unknown): value is { readonly address: string; readonly port: number } {
  return "ready" in (value as object);
}

function hasStats(value: unknown): value is { readonly stats: ServerStats } {
  return "stats" in (value as object);
}

function isSessionClosed(value: unknown): value is { readonly total: number } {
  return (value as { event?: unknown }).event === "sessionClosed";
}

function isArrival(value: unknown): value is Arrival {
  return (value as { event?: unknown }).event === "reply";
}

function isOutcome(value: object): value is Outcome {
  return "code" in value;
}

function isSummary(value: object): value is { readonly summary: Summary } {
  return "summary" in value;
}
