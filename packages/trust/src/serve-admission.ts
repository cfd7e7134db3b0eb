import type {
  Channel,
  ChannelSink,
  Connection,
  EndpointId,
  TransportError,
} from "@aster/transport";
import { parseAdmissionRequest } from "./admission-request.ts";
import {
  type AdmissionResponse,
  type AdmittedService,
  encodeAdmissionResponse,
} from "./admission-response.ts";
import { Body } from "./body.ts";
import { AdmissionError } from "./error.ts";
import type { AdmissionDecision, AdmissionGate } from "./gate.ts";
import { admissionLimits } from "./limits.ts";
import type { PeerStore } from "./peer-store.ts";

/** What an admitted peer is told. */
export interface AdmissionOffer {
  readonly services: readonly AdmittedService[];
  /** 64 hex characters; empty for no registry. */
  readonly registryNamespace: string;
  /** 64 hex characters, all zero for none. Denied peers are told it too. */
  readonly rootPubkey: string;
}

/** How one admission ended, for our own log. */
export interface AdmissionOutcome {
  readonly peer: EndpointId;
  readonly admitted: boolean;
  /** Why not, in our words; empty when admitted. Not for the peer. */
  readonly reason: string;
  /** What was thrown, where something was. */
  readonly cause?: unknown;
}

export interface ServeAdmissionOptions {
  readonly gate: AdmissionGate;
  /** Asked once per admission. */
  readonly offer: () => AdmissionOffer;
  /** Where admitted peers are noted, before they are told. */
  readonly peers?: PeerStore;
  /** For the request to arrive and the gate to answer, and again for the peer to leave. Default 10 000. */
  readonly timeoutMs?: number;
  /** Told about every admission once the answer is under way. What it throws is ignored. */
  readonly onDecision?: (outcome: AdmissionOutcome) => void;
}

/**
 * Answers the one admission request a raw connection on {@link CONSUMER_ADMISSION_ALPN} may carry (docs/wire.md,
 * "Admission"), then waits for the peer to leave and closes the connection if it does not.
 *
 * All denials of one server are the same bytes. Errors go to `onDecision`, never to the peer and never to the caller.
 */
export function serveAdmission(connection: Connection, options: ServeAdmissionOptions): void {
  const desk = new Desk(connection, options);
  connection.accept((channel) => desk.take(channel));
}

class Desk implements ChannelSink {
  readonly #connection: Connection;
  readonly #options: ServeAdmissionOptions;
  readonly #body: Body = new Body(admissionLimits.messageBytes);
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout;
  #asked = false;
  #settled = false;

  constructor(connection: Connection, options: ServeAdmissionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#timer = this.#later(() => this.#expired());
    void connection.closed.then(() => clearTimeout(this.#timer));
  }

  /** A channel that is not read is refused by the connection: only the first one counts. */
  take(channel: Channel): void {
    if (this.#channel !== undefined || this.#settled) return;
    this.#channel = channel;
    channel.read(this);
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#settled || this.#body.add(piece)) return;
    this.#channel?.stop(CANCELLED);
    this.#deny(`the request has more than ${admissionLimits.messageBytes} bytes`);
  }

  end(): void {
    if (this.#settled) return;
    if (this.#body.length > 0) {
      this.#asked = true;
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

  // whether the peer reads the answer is its own affair
  stopped(): void {}

  closed(cause: TransportError): void {
    if (this.#settled) return;
    this.#settle();
    this.#report({ admitted: false, reason: "the peer left before the answer", cause });
  }

  async #decide(): Promise<void> {
    try {
      const request = parseAdmissionRequest(this.#body.bytes());
      const decision = await this.#options.gate.admit(request, this.#connection.peer);
      if (decision.admitted) this.#admit(decision);
      else this.#deny(decision.reason);
    } catch (cause) {
      const unreadable = cause instanceof AdmissionError && cause.code === "protocol";
      this.#deny(unreadable ? cause.message : "the gate failed", cause);
    }
  }

  #admit(decision: Admitted): void {
    if (this.#settled) return;
    const response = this.#write((offer) => ({
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
    const response = this.#write(({ rootPubkey }) => ({
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

  #write(fill: (offer: AdmissionOffer) => AdmissionResponse): Uint8Array | undefined {
    this.#settle();
    try {
      return encodeAdmissionResponse(fill(this.#options.offer()));
    } catch (cause) {
      this.#channel?.reset(INTERNAL_ERROR);
      this.#report({ admitted: false, reason: "the answer could not be made", cause });
      return undefined;
    }
  }

  #expired(): void {
    if (this.#asked) {
      this.#deny("the gate gave no answer in time");
      return;
    }
    this.#settle();
    this.#channel?.reset(CANCELLED);
    this.#connection.close(CANCELLED, "admission timed out");
    this.#report({ admitted: false, reason: "no complete request in time" });
  }

  /** Once settled nothing is sent any more; what is left is to see the peer off. */
  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#timer = this.#later(() => this.#connection.close(NO_ERROR, "admission is over"));
  }

  #later(action: () => void): NodeJS.Timeout {
    return setTimeout(action, this.#options.timeoutMs ?? 10_000).unref();
  }

  #report(outcome: Omit<AdmissionOutcome, "peer">): void {
    try {
      this.#options.onDecision?.({ peer: this.#connection.peer, ...outcome });
    } catch {
      // a log that fails must not turn a decision into another one
    }
  }
}

type Admitted = AdmissionDecision & { readonly admitted: true };

// ResetCode of the transport; this package needs its types only
const NO_ERROR = 0;
const CANCELLED = 1;
const INTERNAL_ERROR = 13;
