import { fileURLToPath } from "node:url";
import type { Child } from "../../../src/process/child.ts";
import type { Host } from "./host.ts";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

export interface Outcome {
  readonly code: number;
  readonly status: string;
  readonly ms: number;
  readonly replies: readonly Record<string, unknown>[];
  readonly message?: string;
}

/** A reply, as it came: the time since the start of its call. */
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

/** A `testkit call` under way on a host. */
export class Caller implements AsyncDisposable {
  readonly child: Child;
  readonly #taken: Arrival[] = [];

  constructor(host: Host, address: string, method: string, args: readonly string[]) {
    this.child = host.run(
      process.execPath,
      "--import",
      tsx,
      main,
      "call",
      method,
      "--address",
      address,
      ...args,
    );
  }

  /** Waits for the first reply of a traced call, or the one with this index. */
  async reply(index = 0, timeoutMs = 30_000): Promise<Arrival> {
    const fits = (value: unknown): value is Arrival => isArrival(value) && value.index === index;
    const arrival = await this.child.line(fits, timeoutMs);
    this.#taken.push(arrival);
    return arrival;
  }

  /** Waits until the peer has let it in; how long that took. */
  async connected(timeoutMs = 30_000): Promise<number> {
    return (await this.child.line(isConnected, timeoutMs)).ms;
  }

  /** Has a caller with `--hold` begin. */
  go(): void {
    this.child.send({});
  }

  /** Waits for the first call that ends badly. */
  async failure(timeoutMs = 120_000): Promise<Outcome> {
    const fits = (value: unknown): value is Outcome =>
      isOutcome(value as object) && (value as Outcome).code !== 0;
    return await this.child.line(fits, timeoutMs);
  }

  /** Waits for its end. */
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
export class Served implements AsyncDisposable {
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

  static async start(host: Host, ...args: readonly string[]): Promise<Served> {
    const child = host.run(process.execPath, "--import", tsx, main, "serve", "--open", ...args);
    const { address, port } = await child.line(isReady);
    return new Served(host, child, address, port);
  }

  async stats(): Promise<ServerStats> {
    this.child.send({ cmd: "stats" });
    const { stats } = await this.child.line(hasStats);
    return stats;
  }

  /** Waits until it reports that a call was given up. */
  async aborted(method: string, timeoutMs: number): Promise<void> {
    const fits = (value: unknown): value is object => {
      const { event, method: of } = value as { event?: unknown; method?: unknown };
      return event === "aborted" && of === method;
    };
    await this.child.line(fits, timeoutMs);
  }

  /** Waits until it reports that a session has ended; what it had counted. */
  async sessionClosed(timeoutMs: number): Promise<number> {
    return (await this.child.line(isSessionClosed, timeoutMs)).total;
  }

  /** How many ends of sessions were reported and not waited for. */
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
