import process from "node:process";
import type { Readable, Writable } from "node:stream";
import type { OpenKeyringEntry } from "@aster/trust/files";

/** A stream that may be a terminal. */
export type MaybeTerminal<T> = T & { readonly isTTY?: boolean | undefined };

/** Everything outside the command that it uses, so that tests can replace it. */
export interface Host {
  /** Relative paths of arguments are relative to this folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: MaybeTerminal<Readable>;
  readonly stdout: MaybeTerminal<Writable>;
  readonly stderr: MaybeTerminal<Writable>;
  /** Fires when the user interrupts the command. */
  readonly interrupted: AbortSignal;
  /** The keyring to use. Default: that of the operating system. */
  readonly openKeyringEntry?: OpenKeyringEntry | undefined;
}

const READER_GONE = 141;
const INTERRUPTED = 130;

/** The host of a process. SIGINT and SIGTERM interrupt the command; the second one ends it. */
export function processHost(): Host {
  const interruption = new AbortController();
  const stop = (): void => {
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    interruption.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // the reader of the output left, as `head` does
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(READER_GONE);
    throw error;
  });
  giveWidth(process.stderr);
  return {
    cwd: process.cwd(),
    env: process.env,
    // opened by the commands that read it, because it keeps the process alive
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted: interruption.signal,
  };
}

/** A terminal that does not know its size says 0; prompts would break after each character. */
function giveWidth(terminal: Partial<Pick<NodeJS.WriteStream, "columns" | "rows">>): void {
  if (terminal.columns === 0) Object.assign(terminal, { columns: 80, rows: 24 });
}
