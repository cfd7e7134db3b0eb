import { readdirSync } from "node:fs";
import { Child, testkitProgram } from "@aster-apps/testkit/process";

export interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
}

/** The answer to `{"cmd":"stats"}`. */
export interface Stats {
  readonly connections: number;
  readonly streams: number;
  readonly sessions: number;
  readonly inflight: number;
  readonly queuedBytes: number;
  readonly nativeHandles: number;
  readonly rssBytes: number;
}

// make malloc return free memory to the system, so that the resident size shows what the process
// holds
const frugal = { MALLOC_TRIM_THRESHOLD_: "65536", MALLOC_MMAP_THRESHOLD_: "65536" };
const flags = ["--unhandled-rejections=strict", "--expose-gc", "--optimize-for-size"];
const tsx = ["--import", import.meta.resolve("tsx")];

/** An event of a server. */
export interface ServerEvent {
  readonly event: string;
  readonly method?: string;
  /** The cause of a denial. */
  readonly cause?: string;
}

/** Starts a TypeScript program of this workspace in its own process. */
export function program(path: string, ...args: readonly string[]): Child {
  return programWith({}, path, ...args);
}

/** Starts a program with further environment variables. */
export function programWith(
  environment: Readonly<Record<string, string>>,
  path: string,
  ...args: readonly string[]
): Child {
  return node(environment, ...tsx, path, ...args);
}

function node(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Child {
  return new Child(process.execPath, [...flags, ...args], { ...frugal, ...environment });
}

/** `testkit serve` in its own process, on a loopback port. */
export class TestkitServer implements AsyncDisposable {
  readonly child: Child;
  readonly ready: Ready;

  constructor(child: Child, ready: Ready) {
    this.child = child;
    this.ready = ready;
  }

  static async start(...args: readonly string[]): Promise<TestkitServer> {
    return TestkitServer.startWith({}, ...args);
  }

  /** Starts a server with further environment variables. */
  static async startWith(
    environment: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<TestkitServer> {
    const bind = args.includes("--bind") ? [] : ["--bind", "127.0.0.1:0"];
    const child = node(environment, ...testkitProgram, "serve", ...bind, ...args);
    return new TestkitServer(child, await child.line(isReady));
  }

  get address(): string {
    return this.ready.address;
  }

  /** Returns the server's figures; with `collect`, after a garbage collection. */
  async stats({ collect = false } = {}): Promise<Stats> {
    this.child.send({ cmd: "stats", collect });
    return (await this.child.line((value): value is { stats: Stats } => has(value, "stats"))).stats;
  }

  /** Waits for the next event that the server reports, `{"event":…}`, and that fits. */
  eventOf(fits: (event: ServerEvent) => boolean, timeoutMs?: number): Promise<ServerEvent> {
    const isIt = (value: unknown): value is ServerEvent => {
      return has(value, "event") && fits(value as ServerEvent);
    };
    return this.child.line(isIt, timeoutMs);
  }

  /** Returns the number of open files and sockets of the process, and of its threads. */
  resources(): { readonly files: number; readonly threads: number } {
    const count = (folder: string) => readdirSync(`/proc/${this.ready.pid}/${folder}`).length;
    return { files: count("fd"), threads: count("task") };
  }

  /** Kills the process, so that its peers are not informed. */
  async kill(): Promise<void> {
    this.child.signal("SIGKILL");
    await this.child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // a suspended process reacts to no other signal
    await this.kill();
    await this.child[Symbol.asyncDispose]();
  }
}

/** Starts `testkit call` in its own process. */
export function testkitCall(...args: readonly string[]): Child {
  return node({}, ...testkitProgram, "call", ...args);
}

/** Starts `testkit call` with further environment variables. */
export function testkitCallWith(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Child {
  return node(environment, ...testkitProgram, "call", ...args);
}

function isReady(value: unknown): value is Ready {
  return has(value, "ready");
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
