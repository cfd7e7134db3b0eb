import {
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import { AdmissionError } from "../error.ts";
import type { AdmissionDecision, AdmissionGate } from "../gate/gate.ts";
import type { PeerStore } from "../peers/peer-store.ts";
import { admissionLimits } from "../protocol.ts";
import { checkPositive, setLimit } from "../time-option.ts";
import { clearTimeout } from "../timers.ts";
import { parseAdmissionRequest } from "./admission-request.ts";
import {
  type AdmissionResponse,
  type AdmittedService,
  encodeAdmissionResponse,
} from "./admission-response.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

/** The part of the answer that is the same for all admitted peers. */
export interface AdmissionOffer {
  readonly services: readonly AdmittedService[];
  /** 64 hex characters; empty for no registry. */
  readonly registryNamespace: string;
  /** 64 hex characters; all zero for none. Denied peers receive it, too. */
  readonly rootPubkey: string;
}

/** The result of one admission, for the local log. */
export interface AdmissionOutcome {
  readonly peer: EndpointId;
  readonly admitted: boolean;
  /** The reason of a denial; empty if the peer was admitted. It is not sent to the peer. */
  readonly reason: string;
  /** The error that caused a denial, if any. */
  readonly cause?: unknown;
}

/** The state of one admission. */
export interface AdmissionExchange {
  /**
   * True while the gate decides about a complete request. Closing the connection at another time
   * costs the peer no decision.
   */
  readonly isDeciding: boolean;
}

export interface ServeAdmissionOptions {
  readonly gate: AdmissionGate;
  /** Called once per admission. */
  readonly offer: () => AdmissionOffer;
  /** Stores admitted peers, before the answer is sent. */
  readonly peers?: PeerStore | undefined;
  /**
   * The time for the request to arrive and the gate to decide, and again for the peer to close the
   * connection afterwards. `Infinity`: no limit. Default: 10 000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Called after each decision, once the answer is queued. An error that it throws is ignored, and
   * so is the rejection of a promise that it returns.
   */
  readonly onDecision?: ((outcome: AdmissionOutcome) => void) | undefined;
}

/**
 * Answers the one admission request of a raw connection on {@link CONSUMER_ADMISSION_ALPN}
 * (docs/wire.md, "Admission"). Closes the connection if the peer does not close it in time.
 *
 * All denials of a server have the same bytes. Errors are passed to `onDecision`; they are neither
 * thrown nor sent to the peer. Throws {@link AdmissionError} `"option"` for a bad `timeoutMs`.
 */
export function serveAdmission(
  connection: Connection,
  options: ServeAdmissionOptions,
): AdmissionExchange {
  const { timeoutMs } = options;
  if (timeoutMs !== undefined) checkPositive("timeoutMs", timeoutMs);
  const server = new AdmissionServerChannel(connection, options);
  connection.accept((channel) => server.take(channel));
  return server;
}

/**
 * The producer's side of an admission: reads the request, calls the gate and sends the answer, on
 * the first channel of a connection. It lives until the connection is closed.
 */
class AdmissionServerChannel implements ChannelSink, AdmissionExchange {
  readonly #connection: Connection;
  readonly #options: ServeAdmissionOptions;
  readonly #request: BoundedBuffer = new BoundedBuffer(admissionLimits.messageBytes);
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout;
  #complete = false;
  #settled = false;

  constructor(connection: Connection, options: ServeAdmissionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#timer = this.#later(() => this.#expired());
    void connection.closed.then(() => clearTimeout(this.#timer));
  }

  get isDeciding(): boolean {
    return this.#complete && !this.#settled;
  }

  /** Reads the first channel only: the connection refuses channels that are not read. */
  take(channel: Channel): void {
    if (this.#channel !== undefined || this.#settled) return;
    this.#channel = channel;
    channel.read(this);
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#settled || this.#request.add(piece)) return;
    this.#channel?.stop(ResetCode.Cancelled);
    this.#deny(`the request exceeds ${admissionLimits.messageBytes} bytes`);
  }

  end(): void {
    if (this.#settled) return;
    if (this.#request.length > 0) {
      this.#complete = true;
      void this.#decide();
      return;
    }
    this.#settle();
    this.#channel?.end();
    this.#report({ admitted: false, reason: "the request was empty" });
  }

  malformed(cause: TransportError): void {
    this.#deny("the request cannot be read", cause);
  }

  // a peer that does not read the answer needs no handling
  stopped(): void {}

  closed(cause: TransportError): void {
    if (this.#settled) return;
    this.#settle();
    this.#report({ admitted: false, reason: "the peer left before the answer", cause });
  }

  async #decide(): Promise<void> {
    try {
      const request = parseAdmissionRequest(this.#request.bytes());
      const decision = await this.#options.gate.admit(request, this.#connection.peer);
      if (decision.admitted === true) this.#admit(checked(decision));
      else this.#deny(decision.reason);
    } catch (cause) {
      const unreadable = cause instanceof AdmissionError && cause.code === "protocol";
      this.#deny(unreadable ? cause.message : "the gate failed", cause);
    }
  }

  #admit(decision: Admitted): void {
    if (this.#settled) return;
    const response = this.#encode((offer) => ({
      ...offer,
      admitted: true,
      attributes: decision.attributes,
      reason: "",
    }));
    if (response === undefined) return;
    this.#options.peers?.admit(this.#connection.peer, decision);
    this.#channel?.send(0, response, true);
    this.#report({ admitted: true, reason: "" });
  }

  #deny(reason: string, cause?: unknown): void {
    if (this.#settled) return;
    const response = this.#encode(({ rootPubkey }) => ({
      admitted: false,
      attributes: {},
      services: [],
      registryNamespace: "",
      rootPubkey,
      reason: "",
    }));
    if (response === undefined) return;
    this.#channel?.send(0, response, true);
    this.#report({ admitted: false, reason, cause });
  }

  #encode(fill: (offer: AdmissionOffer) => AdmissionResponse): Uint8Array | undefined {
    this.#settle();
    try {
      return encodeAdmissionResponse(fill(this.#options.offer()));
    } catch (cause) {
      this.#channel?.reset(ResetCode.InternalError);
      this.#report({ admitted: false, reason: "the answer could not be made", cause });
      return undefined;
    }
  }

  #expired(): void {
    if (this.#complete) {
      this.#deny("the gate did not answer in time");
      return;
    }
    this.#settle();
    this.#channel?.reset(ResetCode.Cancelled);
    this.#connection.close(ResetCode.Cancelled, "admission timed out");
    this.#report({ admitted: false, reason: "no complete request in time" });
  }

  /** Ends the exchange: nothing more is sent, and the peer gets `timeoutMs` to close. */
  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#timer = this.#later(() => this.#connection.close(ResetCode.NoError, "admission is over"));
  }

  #later(action: () => void): NodeJS.Timeout {
    return setLimit(action, this.#options.timeoutMs ?? 10_000).unref();
  }

  #report(outcome: Omit<AdmissionOutcome, "peer">): void {
    try {
      const result: unknown = this.#options.onDecision?.({
        peer: this.#connection.peer,
        ...outcome,
      });
      // an async function is accepted too; its rejection would end the process
      Promise.resolve(result).catch(() => {});
    } catch {
      // an error of the log must not change the decision
    }
  }
}

type Admitted = AdmissionDecision & { readonly admitted: true };

/** Throws for attributes that are not text and for a time that is not a number. */
function checked(decision: Admitted): Admitted {
  const { attributes, expiresAtMs = 0 } = decision;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") continue;
    throw new TypeError(`the gate returned an attribute ${name} that is not text`);
  }
  if (typeof expiresAtMs !== "number" || Number.isNaN(expiresAtMs)) {
    throw new TypeError(`the gate returned expiresAtMs ${String(expiresAtMs)}, not a number`);
  }
  return decision;
}
