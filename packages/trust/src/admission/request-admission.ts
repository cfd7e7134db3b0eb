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
import { encodeAdmissionRequest } from "./admission-request.ts";
import { type AdmissionResponse, parseAdmissionResponse } from "./admission-response.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

export interface RequestAdmissionOptions {
  /** The credential as JSON text. Default: none. */
  readonly credentialJson?: string | undefined;
  /** A cloud instance identity token. Default: none. */
  readonly iidToken?: string | undefined;
  /** The time until the whole answer must have arrived. `Infinity`: no limit. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Requests admission from a producer, over a raw connection on {@link CONSUMER_ADMISSION_ALPN}. A
 * connection carries one request.
 *
 * A denial never contains a reason. Rejects with {@link AdmissionError}: `"denied"`, `"protocol"`,
 * `"limit"`, `"timeout"`, `"closed"`, `"aborted"` or `"option"`. The caller closes the connection.
 */
export function requestAdmission(
  connection: Connection,
  options: RequestAdmissionOptions = {},
): Promise<AdmissionResponse> {
  return new Promise((resolve, reject) => {
    new AdmissionClientChannel(connection, options, resolve, reject).request();
  });
}

/** The consumer's side of an admission: sends the request and reads the answer, on one channel. */
class AdmissionClientChannel implements ChannelSink {
  readonly #connection: Connection;
  readonly #options: RequestAdmissionOptions;
  readonly #resolve: (response: AdmissionResponse) => void;
  readonly #reject: (error: AdmissionError) => void;
  readonly #answer: BoundedBuffer = new BoundedBuffer(admissionLimits.messageBytes);
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;

  constructor(
    connection: Connection,
    options: RequestAdmissionOptions,
    resolve: (response: AdmissionResponse) => void,
    reject: (error: AdmissionError) => void,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  request(): void {
    const { credentialJson = "", iidToken = "", timeoutMs = 10_000, signal } = this.#options;
    checkPositive("timeoutMs", timeoutMs);
    if (signal?.aborted) {
      this.#aborted();
      return;
    }
    const request = encodeAdmissionRequest({ credentialJson, iidToken });
    this.#timer = setLimit(() => {
      this.#fail("timeout", `the peer did not answer the admission request within ${timeoutMs} ms`);
    }, timeoutMs);
    signal?.addEventListener("abort", this.#aborted, { once: true });
    this.#channel = this.#connection.open(this);
    this.#channel.send(0, request, true);
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#answer.add(piece)) return;
    this.#fail("protocol", `the admission answer exceeds ${admissionLimits.messageBytes} bytes`);
  }

  end(): void {
    if (this.#settled) return;
    if (this.#answer.length === 0) {
      this.#fail("protocol", "the peer closed the admission stream without an answer");
      return;
    }
    const response = this.#parsed();
    if (response === undefined) return;
    if (!response.admitted) {
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

  #parsed(): AdmissionResponse | undefined {
    try {
      return parseAdmissionResponse(this.#answer.bytes());
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
