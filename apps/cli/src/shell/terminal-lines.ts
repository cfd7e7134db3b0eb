import { clearLine, createInterface, cursorTo, type Interface } from "node:readline";
import { interruption } from "../command/failure.ts";
import type { Host } from "../host.ts";
import { HISTORY_LINES, type ShellHistory } from "./history.ts";
import { LineQueue, type ShellLines } from "./lines.ts";

/** The time for a second Ctrl-C, which leaves the shell. */
const TWICE_MS = 1_500;

export interface TerminalOptions {
  readonly host: Host;
  readonly history: ShellHistory;
  /** Returns completions of the last word of a line, and that word. */
  readonly complete: (line: string) => Promise<[completions: string[], word: string]>;
  /** Called for Ctrl-C while no line is read. */
  readonly onInterrupt: () => void;
}

/** The lines of a terminal, with history and completion. The caller disposes of them. */
export async function terminalLines(options: TerminalOptions): Promise<ShellLines> {
  return new TerminalLines(options, await options.history.read());
}

class TerminalLines implements ShellLines {
  readonly interactive = true;
  readonly #options: TerminalOptions;
  readonly #prompt = { text: "", shown: false };
  #history: string[];
  #queue = new LineQueue();
  #interface: Interface | undefined;
  /** Lines that are read now are commands. */
  #commands = true;
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TerminalOptions, history: string[]) {
    this.#options = options;
    this.#history = history;
    options.host.interrupted.addEventListener("abort", () => this.#interface?.close());
  }

  async next(prompt: string, signal?: AbortSignal): Promise<string | undefined> {
    this.#commands = signal === undefined;
    const line = await this.#read(prompt, signal);
    if (this.#commands && line !== undefined) this.#remember(line);
    return line;
  }

  async ask(question: string, check: (text: string) => string | undefined): Promise<string> {
    this.#commands = false;
    for (;;) {
      const line = await this.#read(`${question}: `);
      if (line === undefined) throw interruption();
      const problem = check(line);
      if (problem === undefined) return line;
      this.#options.host.stderr.write(`${problem}\n`);
    }
  }

  during(write: () => void): void {
    const { stderr } = this.#options.host;
    if (this.#prompt.shown) {
      cursorTo(stderr, 0);
      clearLine(stderr, 0);
    }
    write();
    if (this.#prompt.shown) this.#interface?.prompt(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#interface?.close();
    this.#options.host.stdin.destroy();
    await this.#options.history.written();
  }

  async #read(prompt: string, signal?: AbortSignal): Promise<string | undefined> {
    const reader = this.#open();
    this.#prompt.shown = true;
    reader.setPrompt(prompt);
    reader.prompt();
    try {
      return await this.#queue.next(signal);
    } finally {
      this.#prompt.shown = false;
    }
  }

  /** Ctrl-D closes the interface of Node.js, so that the next line needs another one. */
  #open(): Interface {
    if (this.#interface !== undefined) return this.#interface;
    const { host, complete } = this.#options;
    const reader = createInterface({
      input: host.stdin,
      output: host.stderr,
      terminal: true,
      history: this.#history,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        const found = this.#commands
          ? complete(line)
          : Promise.resolve<[string[], string]>([[], line]);
        found.then(
          (result) => done(null, result),
          () => done(null, [[], line]),
        );
      },
    });
    const queue = new LineQueue();
    this.#queue = queue;
    reader.on("line", (line) => queue.push(line));
    reader.on("history", (history: string[]) => {
      // values and lines with a first space are not remembered
      if (!this.#commands || history[0]?.startsWith(" ")) history.shift();
      this.#history = [...history];
    });
    reader.on("SIGINT", () => this.#interrupt(reader));
    reader.on("close", () => {
      this.#interface = undefined;
      if (this.#prompt.shown) host.stderr.write("\n");
      queue.end();
    });
    this.#interface = reader;
    return reader;
  }

  /** Ctrl-C: ends the running command, a question, or the line. Twice, it ends the shell. */
  #interrupt(reader: Interface): void {
    const { host, onInterrupt } = this.#options;
    if (!this.#prompt.shown) {
      onInterrupt();
      return;
    }
    host.stderr.write("^C\n");
    if (!this.#commands) {
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
      this.#queue.fail(interruption());
      onInterrupt();
      return;
    }
    if (reader.line === "") {
      if (performance.now() - this.#interruptedAt < TWICE_MS) {
        this.#queue.fail(interruption());
        return;
      }
      this.#interruptedAt = performance.now();
      host.stderr.write("(press Ctrl-C again, Ctrl-D or type exit to leave)\n");
    }
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
    reader.prompt();
  }

  #remember(line: string): void {
    if (line.trim() !== "" && !line.startsWith(" ")) this.#options.history.add(line);
  }
}
