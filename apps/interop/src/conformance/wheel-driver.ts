import { fileURLToPath } from "node:url";
import { WheelCommands, type WheelError } from "../process/wheel-commands.ts";
import type { Outcome } from "./outcome.ts";
import type { Mode } from "./protocol.ts";
import type { CallRow } from "./row.ts";
import { replyFromWheel, requestForWheel } from "./wheel-message.ts";

const script = fileURLToPath(new URL("../../python/conformance_drive.py", import.meta.url));
/** A thousand large calls at once take it minutes. */
const ANSWER_MS = 240_000;
const UNKNOWN = 2;

interface WheelOutcome {
  readonly replies: readonly unknown[];
  readonly error: WheelError | null;
  readonly ms: number;
  readonly next: WheelOutcome | null;
}

/** The wheel as a client, in one process of its own (python/conformance_drive.py). */
export class WheelDriver implements AsyncDisposable {
  readonly #commands: WheelCommands;

  private constructor(commands: WheelCommands) {
    this.#commands = commands;
  }

  static async start(python: string): Promise<WheelDriver> {
    return new WheelDriver(await WheelCommands.start(python, script, ANSWER_MS));
  }

  /** Connects under a name; the wheel's own endpoint id. */
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
      return { ...step, request: requestForWheel(request, mode) };
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
    })) as WheelOutcome;
    const { next } = outcome;
    return { ...outcomeOf(outcome), ...(next === null ? {} : { next: outcomeOf(next) }) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#commands[Symbol.asyncDispose]();
  }
}

function outcomeOf({ replies, error, ms }: WheelOutcome): Outcome {
  return {
    code: error === null ? 0 : (error.code ?? UNKNOWN),
    message: error?.message ?? "",
    details: error?.details ?? {},
    replies: replies.map(replyFromWheel),
    ms,
    ...(error === null || error.code !== undefined
      ? {}
      : { stranger: `${error.type}: ${error.message}` }),
  };
}
