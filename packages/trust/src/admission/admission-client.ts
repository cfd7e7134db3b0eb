import {
  type Channel,
  type ChannelSink,
  type Connection,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { AdmissionError } from "../error.ts";
import { admissionLimits } from "../protocol.ts";
import { checkPositive, setLimit } from "../time-option.ts";
import { clearTimeout } from "../timers.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

export interface AdmissionClientOptions {
  /** The time until the whole answer must have arrived. `Infinity`: no limit. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The part of an admission that depends on its ALPN. */
export interface AdmissionExchangeForm<T> {
  /** Makes the bytes of the request. */
  request(): Uint8Array;
  /** Reads the answer. Throws `AdmissionError` `"protocol"`. */
  parse(answer: Uint8Array): T;
  admits(response: T): boolean;
  /** The bound of the bytes of the answer. Default: that of admission messages. */
  readonly answerBytes?: number;
}

/**
 * Sends one request on a connection and reads the answer. Rejects with `AdmissionError`, also for
 * an answer that does not admit.
 */
export function exchange<T>(
  connection: Connection,
  form: AdmissionExchangeForm<T>,
  options: AdmissionClientOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    new AdmissionClientChannel(connection, form, options, resolve, reject).request();
  });
}

/** The client's side of an admission: sends the request and reads the answer, on one channel. */
class AdmissionClientChannel<T> implements ChannelSink {
  readonly #connection: Connection;
  readonly #form: AdmissionExchangeForm<T>;
  readonly #options: AdmissionClientOptions;
  readonly #resolve: (response: T) => void;
  readonly #reject: (error: AdmissionError) => void;
  readonly #answerBytes: number;
  readonly #answer: BoundedBuffer;
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(
    connection: Connection,
    form: AdmissionExchangeForm<T>,
    options: AdmissionClientOptions,
    resolve: (response: T) => void,
    reject: (error: AdmissionError) => void,
  ) {
    this.#connection = connection;
    this.#form = form;
    this.#answerBytes = form.answerBytes ?? admissionLimits.messageBytes;
    this.#answer = new BoundedBuffer(this.#answerBytes);
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  request(): void {
    const { timeoutMs = 10_000, signal } = this.#options;
    checkPositive("timeoutMs", timeoutMs);
    if (signal?.aborted) {
      this.#aborted();
      return;
    }
    const request = this.#form.request();
    this.#timer = setLimit(() => {
      this.#fail("timeout", `the peer did not answer the admission request within ${timeoutMs} ms`);
    }, timeoutMs);
    signal?.addEventListener("abort", this.#aborted, { once: true });
    this.#channel = this.#connection.open(this);
    this.#channel.send(0, request, true);
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#answer.add(piece)) return;
    this.#fail("protocol", `the admission answer exceeds ${this.#answerBytes} bytes`);
  }

  end(): void {
    if (this.#settled) return;
    if (this.#answer.length === 0) {
      this.#fail("protocol", "the peer closed the admission stream without an answer");
      return;
    }
    const response = this.#parsed();
    if (response === undefined) return;
    if (!this.#form.admits(response)) {
      this.#fail(
        "denied",
        "the peer denied admission without a reason; ask its operator for a valid credential",
      );
      return;
    }
    this.#settle();
    this.#resolve(response);
  }

  malformed(cause: TransportError): void {
    this.#fail("protocol", "the admission answer cannot be read", { cause });
  }

  // the peer may answer even though it reads no more
  stopped(): void {}

  closed(cause: TransportError): void {
    this.#fail("closed", "the connection was lost before the peer answered", { cause });
  }

  #parsed(): T | undefined {
    try {
      return this.#form.parse(this.#answer.bytes());
    } catch (cause) {
      if (cause instanceof AdmissionError) this.#failWith(cause);
      else this.#fail("protocol", "the admission answer cannot be read", { cause });
      return undefined;
    }
  }

  readonly #aborted = (): void => {
    const cause = this.#options.signal?.reason;
    this.#fail("aborted", "the caller aborted the admission", { cause });
  };

  #fail(code: AdmissionError["code"], message: string, options?: ErrorOptions): void {
    this.#failWith(new AdmissionError(code, message, options));
  }

  #failWith(error: AdmissionError): void {
    if (this.#settled) return;
    this.#settle();
    this.#channel?.reset(ResetCode.Cancelled);
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#aborted);
  }
}
