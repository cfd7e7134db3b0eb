import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Host } from "../host.ts";
import { stylist } from "../output/style.ts";
import { usageFailure } from "./failure.ts";

/** The options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean | undefined;
  readonly home?: string | undefined;
  readonly timeout?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly relay?: string | undefined;
}

type Style = ReturnType<typeof stylist>;

/** The surroundings of one command: global options, paths and output. */
export class CommandContext {
  readonly host: Host;
  readonly json: boolean;
  readonly options: GlobalOptions;
  /** Colours text for stdout. */
  readonly style: Style;

  constructor(host: Host, options: GlobalOptions) {
    this.host = host;
    this.options = options;
    this.json = options.json === true;
    this.style = stylist(host.stdout, host);
  }

  /** The folder of the operator: `--home`, `ASTER_HOME`, or `.aster` in the home folder. */
  get home(): string {
    const { env } = this.host;
    const chosen = this.options.home ?? env.ASTER_HOME;
    return chosen ? this.path(chosen) : join(env.HOME || homedir(), ".aster");
  }

  /** The value of `--timeout` in milliseconds. */
  get timeoutMs(): number | undefined {
    const { timeout } = this.options;
    if (timeout === undefined) return undefined;
    const seconds = Number(timeout);
    if (timeout.trim() !== "" && seconds > 0 && seconds <= 86_400) return Math.ceil(seconds * 1000);
    throw usageFailure(`--timeout takes seconds up to 86400, not "${timeout}"`);
  }

  /** Returns the absolute path of an argument. */
  path(relative: string): string {
    return resolve(this.host.cwd, relative);
  }

  /** Prints the result: `value` with `--json`, otherwise `text`. */
  result(value: unknown, text: string | ((style: Style) => string)): void {
    if (this.json) this.line(JSON.stringify(value));
    else this.line(typeof text === "string" ? text : text(this.style));
  }

  /** Prints a line of the result. */
  line(text: string): void {
    this.host.stdout.write(`${text}\n`);
  }

  /** Prints a line for people on stderr. */
  note(text: string): void {
    this.host.stderr.write(`${text}\n`);
  }
}
