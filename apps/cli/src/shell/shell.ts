import { RpcError } from "@aster/rpc";
import { callFailure, unknownName } from "../call/call-failure.ts";
import type { Callee } from "../call/callee.ts";
import type { CommandContext } from "../command/context.ts";
import { ExitCode, type Failure, interruption, usageFailure } from "../command/failure.ts";
import { report } from "../command/report.ts";
import { isLibraryError } from "../registry/linked-node.ts";
import { callMethod } from "./call-method.ts";
import { shellCommandOf, unknownCommand } from "./commands.ts";
import type { Shown } from "./folders/folder.ts";
import type { ShellLines } from "./lines.ts";
import type { ShellPeer } from "./shell-peer.ts";
import { pathOf, Tree, type TreePlace } from "./tree.ts";
import { type Word, wordsOf } from "./words.ts";

export interface ShellOptions {
  readonly context: CommandContext;
  readonly peer: ShellPeer;
  readonly lines: ShellLines;
}

/** A shell over the folders of a peer. */
export class Shell {
  readonly context: CommandContext;
  readonly peer: ShellPeer;
  readonly tree: Tree;
  readonly lines: ShellLines;
  /** The present folder. */
  folder: readonly string[] = [];
  session: { readonly name: string; readonly callee: Callee } | undefined;
  /** The shell ends after the present command. */
  ends = false;
  #running: AbortController | undefined;
  #exitCode = 0;

  constructor({ context, peer, lines }: ShellOptions) {
    this.context = context;
    this.peer = peer;
    this.lines = lines;
    this.tree = new Tree(peer);
  }

  /**
   * Runs all lines. Resolves with the exit code: for a person 0, otherwise that of the first
   * command that failed.
   */
  async run(): Promise<number> {
    const { interrupted } = this.context.host;
    try {
      while (!this.ends && !interrupted.aborted) {
        const line = await this.lines.next(this.#prompt);
        if (line !== undefined) await this.#runLine(line);
        // Ctrl-D closes a session first
        else if (this.session !== undefined && this.lines.interactive) await this.closeSession();
        else break;
      }
    } finally {
      await this.closeSession();
    }
    if (interrupted.aborted) throw interruption();
    return this.lines.interactive ? 0 : this.#exitCode;
  }

  /** Ends the command that runs. */
  interrupt(): void {
    this.#running?.abort();
  }

  get json(): boolean {
    return this.context.json;
  }

  /** Prints a line of a result, above the line that a person writes. */
  line(text: string): void {
    this.lines.during(() => this.context.line(text));
  }

  /** Prints a result in the same way. */
  result(value: object, text: Shown["text"]): void {
    this.lines.during(() => this.context.result(value, text));
  }

  /** The place that the first word names, by default the present folder. */
  place([word]: readonly Word[]): TreePlace {
    return this.tree.place(word?.text ?? ".", this.folder);
  }

  async openSession(name: string): Promise<void> {
    if (this.session !== undefined) {
      throw usageFailure(`the session ${this.session.name} is open`, "close it with: end");
    }
    if (name === "") throw usageFailure("session needs a service", "write: session SERVICE");
    this.session = { name, callee: await this.peer.openSession(name) };
  }

  async closeSession(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.callee[Symbol.asyncDispose]();
  }

  get #prompt(): string {
    return this.session === undefined ? `/${this.folder.join("/")}> ` : `${this.session.name}~ `;
  }

  async #runLine(line: string): Promise<void> {
    if (/^\s*(#.*)?$/.test(line)) return;
    const running = new AbortController();
    const signal = AbortSignal.any([running.signal, this.context.host.interrupted]);
    this.#running = running;
    try {
      const [first, ...words] = wordsOf(line);
      if (first === undefined) return;
      const command = shellCommandOf(first);
      if (command === undefined) await this.#call(first, words, signal);
      else await command.run(this, words, signal);
    } catch (error) {
      if (this.context.host.interrupted.aborted) throw interruption();
      await this.#failed(error, signal.aborted);
    } finally {
      this.#running = undefined;
    }
  }

  async #call(first: Word, words: readonly Word[], signal: AbortSignal): Promise<void> {
    const { session } = this;
    if (session !== undefined) {
      const method = first.text.replace(/^\.\//, "");
      return await callMethod(this, session.callee, method, words, signal);
    }
    const [service, method] = this.#targetOf(first.text);
    await callMethod(this, await this.peer.callee(service), method, words, signal);
  }

  /** The service and method of a path, of `SERVICE.METHOD`, or of a name in the folder. */
  #targetOf(text: string): readonly [service: string, method: string] {
    const { offers } = this.peer;
    const at = text.lastIndexOf(".");
    if (at > 0 && !text.includes("/")) {
      const service = text.slice(0, at);
      if (offers.has(service)) return [service, text.slice(at + 1)];
      throw unknownName("service", service, [...offers.keys()]);
    }
    const [root, service, method, ...rest] = pathOf(text, this.folder);
    const isMethod = root === "services" && method !== undefined && rest.length === 0;
    if (isMethod && service !== undefined) return [service, method];
    throw unknownCommand(text, this);
  }

  async #failed(error: unknown, cancelled: boolean): Promise<void> {
    if (cancelled) return this.context.note("cancelled");
    const failure: Failure = await callFailure(
      isLibraryError(error) ? RpcError.from(error) : error,
    );
    if (failure.exitCode === ExitCode.INTERRUPTED) return;
    if (this.#exitCode === 0) this.#exitCode = failure.exitCode;
    this.lines.during(() => report(failure, this.context.host, this.context.json));
  }
}
