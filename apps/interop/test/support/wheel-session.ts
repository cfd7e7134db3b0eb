import type { WheelError } from "../../src/process/wheel-commands.ts";

/** How the wheel opens sessions: typed in Fory, typed in JSON, or by its proxy, which knows unary methods only. */
export type WheelSessionWay = "typed" | "json" | "proxy";

export interface WheelReply {
  readonly replies: readonly { readonly total: number; readonly peer: string }[];
  readonly error: WheelError | null;
}

/** A session with Counter that the wheel has opened (python/drive_session.py). */
export class WheelSession {
  readonly #session: string;
  readonly #do: (command: object) => Promise<unknown>;

  constructor(session: string, run: (command: object) => Promise<unknown>) {
    this.#session = session;
    this.#do = run;
  }

  async call(
    method: string,
    requests: readonly unknown[],
    metadata?: Readonly<Record<string, string>>,
  ): Promise<WheelReply> {
    const command = { op: "inSession", session: this.#session, method, requests, metadata };
    return (await this.#do(command)) as WheelReply;
  }

  /** Adds up, and gives up before the end; resolves when the server has answered that. */
  async giveUp(requests: readonly unknown[]): Promise<void> {
    await this.#do({ op: "giveUp", session: this.#session, requests });
  }

  async close(): Promise<void> {
    await this.#do({ op: "closeSession", session: this.#session });
  }
}
