import type { BridgeMessage, CallMessage } from "@aster/console/protocol";
import { StatusCode } from "@aster/rpc";
import { callFailure } from "../call/call-failure.ts";
import type { CalleeMethod } from "../call/callee.ts";
import { invoke, streamsRequests } from "../call/invoke.ts";
import { PushedItems } from "../call/pushed-items.ts";
import { ExitCode, Failure } from "../command/failure.ts";
import { parseJson } from "../files/read-file.ts";
import { Flow } from "./flow.ts";

export type SendToPage = (message: BridgeMessage) => void;

/** One call of a page. */
export class PageCall {
  readonly #message: CallMessage;
  readonly #send: SendToPage;
  readonly #flow: Flow;
  readonly #items = new PushedItems();
  readonly #abort = new AbortController();
  #method: CalleeMethod | undefined;
  /** Ends with the last request that was pushed. */
  #pushed: Promise<unknown> = Promise.resolve();

  constructor(message: CallMessage, send: SendToPage) {
    this.#message = message;
    this.#send = send;
    this.#flow = new Flow(message.credit);
  }

  /** Makes the call and sends its replies and its end. Never rejects. */
  async run(
    findMethod: () => Promise<CalleeMethod>,
    defaultTimeoutMs: number | undefined,
  ): Promise<void> {
    const { id, metadata, timeoutMs = defaultTimeoutMs } = this.#message;
    const { signal } = this.#abort;
    let started = performance.now();
    const durationMs = (): number => performance.now() - started;
    try {
      const method = await findMethod();
      this.#method = method;
      const request = streamsRequests(method) ? this.#items : this.#request();
      const options = { signal, timeoutMs, metadata: Object.fromEntries(metadata) };
      started = performance.now();
      for await (const reply of invoke(method, request, options)) {
        await this.#flow.take(signal);
        this.#send({ type: "reply", id, reply });
      }
      this.#send({ type: "ended", id, durationMs: durationMs() });
    } catch (error) {
      const lasted = durationMs();
      const { fields } = signal.aborted ? cancelled() : await callFailure(error);
      this.#send({ type: "ended", id, durationMs: lasted, error: fields });
    } finally {
      this.#items.end();
    }
  }

  /** Sends one request of the stream when the earlier ones are taken. */
  push(text: string): void {
    const { id } = this.#message;
    this.#pushed = this.#pushed.then(async () => {
      try {
        const value = parseJson(text, "the request");
        // a request that does not fit would end the call
        this.#method?.read(value);
        await this.#items.push(value);
        this.#send({ type: "taken", id });
      } catch (error) {
        this.#send({ type: "refused", id, error: (await callFailure(error)).fields });
      }
    });
  }

  /** Ends the requests, after those that were pushed. */
  end(): void {
    void this.#pushed.then(() => this.#items.end());
  }

  cancel(): void {
    this.#abort.abort();
  }

  grant(credit: number, paused: boolean): void {
    this.#flow.grant(credit, paused);
  }

  #request(): unknown {
    return parseJson(this.#message.request ?? "{}", "the request");
  }
}

const cancelled = (): Failure =>
  new Failure(ExitCode.FAILED, {
    code: StatusCode.CANCELLED,
    status: "CANCELLED",
    reason: "",
    message: "the call was stopped",
    hint: "",
  });
