import type { Channel, ChannelSink, Connection, TransportError } from "@aster/transport";
import { encodeAdmissionRequest } from "./admission-request.ts";
import { type AdmissionResponse, parseAdmissionResponse } from "./admission-response.ts";
import { Body } from "./body.ts";
import { AdmissionError } from "./error.ts";
import { admissionLimits } from "./limits.ts";

export interface RequestAdmissionOptions {
  /** The credential as JSON text. Default: none. */
  readonly credentialJson?: string;
  /** A cloud instance identity token. Default: none. */
  readonly iidToken?: string;
  /** Until the whole answer is here. Default 10 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks a producer to let us in, over a raw connection on {@link CONSUMER_ADMISSION_ALPN}. Once per connection.
 *
 * The peer answers yes or no and never says why, so that a stranger learns nothing.
 * Rejects with {@link AdmissionError}: `"denied"`, `"protocol"`, `"limit"`, `"timeout"`, `"closed"` or `"aborted"`.
 * The connection stays open for the caller to close.
 */
export function requestAdmission(
  connection: Connection,
  options: RequestAdmissionOptions = {},
): Promise<AdmissionResponse> {
  return new Promise((resolve, reject) => {
    new Question(connection, options, resolve, reject).ask();
  });
}

class Question implements ChannelSink {
  readonly #connection: Connection;
  readonly #options: RequestAdmissionOptions;
  readonly #resolve: (response: AdmissionResponse) => void;
  readonly #reject: (error: AdmissionError) => void;
  readonly #body: Body = new Body(admissionLimits.messageBytes);
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

  ask(): void {
    const { credentialJson = "", iidToken = "", timeoutMs = 10_000, signal } = this.#options;
    if (signal?.aborted) {
      this.#aborted();
      return;
    }
    const request = encodeAdmissionRequest({ credentialJson, iidToken });
    this.#timer = setTimeout(() => {
      this.#fail(new AdmissionError("timeout", `The peer gave no answer within ${timeoutMs} ms.`));
    }, timeoutMs);
    signal?.addEventListener("abort", this.#aborted, { once: true });
    this.#channel = this.#connection.open(this);
    this.#channel.send(0, request, true);
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#body.add(piece)) return;
    const limit = admissionLimits.messageBytes;
    this.#fail(new AdmissionError("protocol", `The peer's answer has more than ${limit} bytes.`));
  }

  end(): void {
    if (this.#settled) return;
    if (this.#body.length === 0) {
      this.#fail(new AdmissionError("protocol", "The peer ended without an answer."));
      return;
    }
    let response: AdmissionResponse;
    try {
      response = parseAdmissionResponse(this.#body.bytes());
    } catch (cause) {
      this.#fail(
        cause instanceof AdmissionError
          ? cause
          : new AdmissionError("protocol", "The peer's answer cannot be read.", { cause }),
      );
      return;
    }
    if (!response.admitted) {
      this.#fail(
        new AdmissionError(
          "denied",
          "The peer does not admit us; it does not say why. Ask its operator for a valid credential.",
        ),
      );
      return;
    }
    this.#settle();
    this.#resolve(response);
  }

  malformed(cause: TransportError): void {
    this.#fail(new AdmissionError("protocol", "The peer's answer cannot be read.", { cause }));
  }

  // the answer may come all the same
  stopped(): void {}

  closed(cause: TransportError): void {
    this.#fail(
      new AdmissionError("closed", "The connection was lost before the peer answered.", { cause }),
    );
  }

  readonly #aborted = (): void => {
    const cause = this.#options.signal?.reason;
    this.#fail(
      new AdmissionError("aborted", "The admission was aborted by its caller.", { cause }),
    );
  };

  #fail(error: AdmissionError): void {
    if (this.#settled) return;
    this.#settle();
    this.#channel?.reset(CANCELLED);
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#aborted);
  }
}

// ResetCode.Cancelled; this package needs the transport's types only
const CANCELLED = 1;
