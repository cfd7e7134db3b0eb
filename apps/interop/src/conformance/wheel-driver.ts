import { fileURLToPath } from "node:url";
import { Child } from "../process/child.ts";
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
  readonly error: {
    readonly type: string;
    readonly code?: number;
    readonly message: string;
    readonly details?: Readonly<Record<string, string>>;
  } | null;
  readonly ms: number;
  readonly next: WheelOutcome | null;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
}

/** The wheel as a client, in one process of its own (python/conformance_drive.py). */
export class WheelDriver implements AsyncDisposable {
  readonly #child: Child;
  #last = 0;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(python: string): Promise<WheelDriver> {
    const child = new Child(python, ["-B", script]);
    await child.line((value): value is object => "ready" in (value as object));
    return new WheelDriver(child);
  }

  /** Connects under a name; the wheel's own endpoint id. */
  connect(name: string, address: string): Promise<string> {
    return this.#do({ op: "connect", name, address }) as Promise<string>;
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
    const outcome = (await this.#do({
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
    return this.#child[Symbol.asyncDispose]();
  }

  async #do(command: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    this.#child.send({ id, ...command });
    const fits = (value: unknown): value is Answer => (value as Answer).id === id;
    const answer = await this.#child.line(fits, ANSWER_MS);
    if (answer.error === undefined) return answer.result;
    throw new Error(`${answer.error.type}: ${answer.error.message}`);
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
