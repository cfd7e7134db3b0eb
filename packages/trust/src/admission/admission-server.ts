import {
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  ResetCode,
  type TransportError,
} from "@aster/transport";
import type { DenialCause } from "../credential/credential-error.ts";
import type { AdmissionLimiter } from "../gate/admission-limiter.ts";
import type { AdmissionGate } from "../gate/gate.ts";
import { admissionLimits } from "../protocol.ts";
import { checkPositive, setLimit } from "../time-option.ts";
import { clearTimeout } from "../timers.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

/** The result of one admission, for the local log. Nothing of it is sent to the peer. */
export interface AdmissionOutcome {
  readonly peer: EndpointId;
  readonly admitted: boolean;
  /** The reason of a denial as text; empty if the peer was admitted. */
  readonly reason: string;
  /** The reason of a denial; `undefined` if the gate gave none, failed or was too slow. */
  readonly cause?: DenialCause | undefined;
  /** The error behind a denial, or of a renewal that failed. */
  readonly error?: unknown;
  /** `true` for a denial by a limit that has refused the admission before it, too. */
  readonly repeated?: boolean | undefined;
  /**
   * The id of the credential that was presented, as `credentialIdOf` returns it; `undefined` if the
   * gate read none. In a denial it may be forged.
   */
  readonly credentialId?: string | undefined;
}

/** The facts of a denial. */
export type Denial = Omit<AdmissionOutcome, "peer" | "admitted">;

/** The state of one admission. */
export interface AdmissionExchange {
  /**
   * True while the gate decides about a complete request. Closing the connection at another time
   * costs the peer no decision.
   */
  readonly isDeciding: boolean;
}

export interface AdmissionServerOptions {
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

/** The options of both kinds of admissions about the decision. */
export interface GatedAdmissionOptions extends AdmissionServerOptions {
  /** Decides about the peers: for producers, such as `producerGate`. */
  readonly gate: AdmissionGate;
  /** Refuses peers with too many denied admissions before the gate decides. Default: no limit. */
  readonly limiter?: AdmissionLimiter | undefined;
  /** The IP address of the peer, without port, for the limiter. Default: unknown. */
  readonly address?: string | undefined;
}

/** A decision that has not been sent yet. */
export interface AdmissionVerdict extends Omit<AdmissionOutcome, "peer"> {
  /** Returns the bytes of the answer, and stores an admitted peer. Called at most once. */
  complete(): Uint8Array;
}

/** The part of an admission that depends on its ALPN. */
export interface AdmissionDecider {
  /** Decides about the bytes of a request. */
  decide(request: Uint8Array): Promise<AdmissionVerdict>;
  /** Returns a denial for a request that was not decided. */
  denial(facts: Denial): AdmissionVerdict;
}

/**
 * The server's side of an admission: reads the request, lets a decider decide and sends the answer,
 * on the first channel of a connection. It lives until the connection is closed.
 */
export class AdmissionServer implements ChannelSink, AdmissionExchange {
  readonly #connection: Connection;
  readonly #decider: AdmissionDecider;
  readonly #options: AdmissionServerOptions;
  readonly #request: BoundedBuffer = new BoundedBuffer(admissionLimits.messageBytes);
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout;
  #complete = false;
  #settled = false;

  /** Throws `AdmissionError` `"option"` for a bad `timeoutMs`. */
  constructor(connection: Connection, decider: AdmissionDecider, options: AdmissionServerOptions) {
    if (options.timeoutMs !== undefined) checkPositive("timeoutMs", options.timeoutMs);
    this.#connection = connection;
    this.#decider = decider;
    this.#options = options;
    this.#timer = this.#later(() => this.#expired());
    void connection.closed.then(() => clearTimeout(this.#timer));
    connection.accept((channel) => this.#take(channel));
  }

  get isDeciding(): boolean {
    return this.#complete && !this.#settled;
  }

  frame(_flags: number, piece: Uint8Array): void {
    if (this.#settled || this.#request.add(piece)) return;
    this.#channel?.stop(ResetCode.Cancelled);
    const reason = `the request exceeds ${admissionLimits.messageBytes} bytes`;
    this.#answer(this.#decider.denial({ reason, cause: "malformed" }));
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
    this.#report({ admitted: false, reason: "the request was empty", cause: "malformed" });
  }

  malformed(error: TransportError): void {
    const reason = "the request cannot be read";
    this.#answer(this.#decider.denial({ reason, cause: "malformed", error }));
  }

  // a peer that does not read the answer needs no handling
  stopped(): void {}

  closed(error: TransportError): void {
    if (this.#settled) return;
    this.#settle();
    this.#report({ admitted: false, reason: "the peer left before the answer", error });
  }

  /** Reads the first channel only: the connection refuses channels that are not read. */
  #take(channel: Channel): void {
    if (this.#channel !== undefined || this.#settled) return;
    this.#channel = channel;
    channel.read(this);
  }

  async #decide(): Promise<void> {
    let verdict: AdmissionVerdict;
    try {
      verdict = await this.#decider.decide(this.#request.bytes());
    } catch (error) {
      verdict = this.#decider.denial({ reason: "the gate failed", error });
    }
    this.#answer(verdict);
  }

  #answer(verdict: AdmissionVerdict): void {
    if (this.#settled) return;
    this.#settle();
    let answer: Uint8Array;
    try {
      answer = verdict.complete();
    } catch (error) {
      this.#channel?.reset(ResetCode.InternalError);
      this.#report({ admitted: false, reason: "the answer could not be made", error });
      return;
    }
    this.#channel?.send(0, answer, true);
    const { admitted, reason, cause, error, repeated, credentialId } = verdict;
    this.#report({ admitted, reason, cause, error, repeated, credentialId });
  }

  #expired(): void {
    if (this.#complete) {
      this.#answer(this.#decider.denial({ reason: "the gate did not answer in time" }));
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
