import type { Outcome } from "../client/outcome.ts";
import { PythonCommands, type PythonError } from "../python/commands.ts";
import type { Mode } from "../raw/protocol.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import { replyFromPython, requestForPython } from "./python-messages.ts";

const script = new URL("../../python/drive.py", import.meta.url);
/** A thousand large calls at once take the Python package minutes. */
const ANSWER_MS = 240_000;
const UNKNOWN = 2;

interface PythonOutcome {
  readonly replies: readonly unknown[];
  readonly error: PythonError | null;
  readonly ms: number;
  readonly next: PythonOutcome | null;
}

/** The Python package as a client, in its own process (python/drive.py). */
export class PythonCaller implements AsyncDisposable {
  readonly #commands: PythonCommands;

  private constructor(commands: PythonCommands) {
    this.#commands = commands;
  }

  static async start(python: string): Promise<PythonCaller> {
    return new PythonCaller(await PythonCommands.start(python, script, ANSWER_MS));
  }

  /** Connects under a name; returns the Python client's endpoint id. */
  connect(name: string, address: string): Promise<string> {
    return this.#commands.do({ op: "connect", name, address }) as Promise<string>;
  }

  async call(
    name: string,
    row: CallRow,
    [tag, session]: readonly [call: string, session: string],
    mode: Mode,
  ): Promise<Outcome> {
    const steps = row.steps.map((step) => {
      if (step.do !== "send") return step;
      const request = tag === "" ? {} : { ...step.request, tag };
      return { ...step, request: requestForPython(request, mode) };
    });
    const outcome = (await this.#commands.do({
      op: "call",
      name,
      via: mode === "json" ? "proxy" : "typed",
      method: row.method,
      steps,
      ...(row.timeoutMs === undefined ? {} : { timeout: row.timeoutMs / 1000 }),
      ...(row.metadata === undefined ? {} : { metadata: Object.fromEntries(row.metadata) }),
      ...(row.session === undefined ? {} : { session }),
    })) as PythonOutcome;
    const { next } = outcome;
    return { ...outcomeOf(outcome), ...(next === null ? {} : { next: outcomeOf(next) }) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#commands[Symbol.asyncDispose]();
  }
}

function outcomeOf({ replies, error, ms }: PythonOutcome): Outcome {
  return {
    code: error === null ? 0 : (error.code ?? UNKNOWN),
    message: error?.message ?? "",
    details: error?.details ?? {},
    replies: replies.map(replyFromPython),
    ms,
    ...(error === null || error.code !== undefined
      ? {}
      : { unexpectedError: `${error.type}: ${error.message}` }),
  };
}
