import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Child } from "../../src/process/child.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Ready {
  readonly ready: true;
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
}

/** What `{"cmd":"stats"}` is answered with. */
export interface Stats {
  readonly connections: number;
  readonly streams: number;
  readonly sessions: number;
  readonly inflight: number;
  readonly queuedBytes: number;
  readonly nativeHandles: number;
  readonly rssBytes: number;
}

// so that memory that is free goes back to the system, and what a process has is what it holds
const frugal = { MALLOC_TRIM_THRESHOLD_: "65536", MALLOC_MMAP_THRESHOLD_: "65536" };
const flags = [
  "--unhandled-rejections=strict",
  "--expose-gc",
  "--optimize-for-size",
  "--import",
  import.meta.resolve("tsx"),
];

/** A program of this workspace in a process of its own. */
export function program(path: string, ...args: readonly string[]): Child {
  return new Child(process.execPath, [...flags, path, ...args], frugal);
}

/** `testkit serve` in a process of its own, on a loopback port. */
export class TestkitServer implements AsyncDisposable {
  readonly child: Child;
  readonly ready: Ready;

  constructor(child: Child, ready: Ready) {
    this.child = child;
    this.ready = ready;
  }

  static async start(...args: readonly string[]): Promise<TestkitServer> {
    const bind = args.includes("--bind") ? [] : ["--bind", "127.0.0.1:0"];
    const child = program(main, "serve", "--open", ...bind, ...args);
    return new TestkitServer(child, await child.line(isReady));
  }

  get address(): string {
    return this.ready.address;
  }

  /** With `collect`, after its garbage has been collected. */
  async stats({ collect = false } = {}): Promise<Stats> {
    this.child.send({ cmd: "stats", collect });
    return (await this.child.line((value): value is { stats: Stats } => has(value, "stats"))).stats;
  }

  /** The next event that the testkit tells of, `{"event":…}`. */
  event(timeoutMs?: number): Promise<{ readonly event: string; readonly method?: string }> {
    return this.child.line(
      (value): value is { event: string; method?: string } => has(value, "event"),
      timeoutMs,
    );
  }

  /** Files and sockets that the process has open, and its threads. */
  resources(): { readonly files: number; readonly threads: number } {
    const count = (folder: string) => readdirSync(`/proc/${this.ready.pid}/${folder}`).length;
    return { files: count("fd"), threads: count("task") };
  }

  /** Ends the process without a word to anybody. */
  async kill(): Promise<void> {
    this.child.signal("SIGKILL");
    await this.child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // one that is stopped could not answer anything else
    await this.kill();
    await this.child[Symbol.asyncDispose]();
  }
}

/** `testkit call` in a process of its own. */
export function testkitCall(...args: readonly string[]): Child {
  return program(main, "call", ...args);
}

function isReady(value: unknown): value is Ready {
  return has(value, "ready");
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && key in value;
}
