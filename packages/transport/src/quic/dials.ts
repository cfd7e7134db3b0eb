// The dials of one node.
//
// QuicNode creates the object with the node and gives it the reactor when the endpoint is bound. A
// dial has a number, which the native side puts into the DIALED or FAILED event that ends it.
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { dialTimeoutMs } from "../defaults.ts";
import { TransportError } from "../error.ts";
import type { ConnectOptions } from "../node.ts";
import { deferred } from "../signal.ts";
import { now } from "../turns.ts";
import { QuicConnection } from "./connection.ts";
import type { Reactor } from "./reactor.ts";

/** The part of an endpoint id that an error shows. */
const SHOWN_ID_CHARS = 10;

interface Dial {
  readonly alpn: string;
  readonly raw: boolean;
  readonly peer: EndpointId;
  /** As the caller gave it. */
  readonly timeoutMs: number;
  resolve(connection: QuicConnection): void;
  reject(error: TransportError): void;
  aborted?: TransportError;
}

interface Attempt extends Pick<Dial, "alpn" | "raw" | "timeoutMs"> {
  readonly leftMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Dials that are under way. */
export class Dials {
  readonly #open = new Map<number, Dial>();
  #reactor: Reactor | undefined;
  #lastDial = 0;

  start(reactor: Reactor): void {
    this.#reactor = reactor;
  }

  async dial(
    address: EndpointAddress,
    alpn: string,
    options: ConnectOptions,
  ): Promise<QuicConnection> {
    const reactor = this.#reactor;
    if (reactor === undefined) throw new TransportError("closed", "the node is closed");
    const { signal, raw = false } = options;
    const timeoutMs = dialTimeoutMs(options);
    const until = now() + timeoutMs;
    for (let leftMs = timeoutMs; ; ) {
      if (signal?.aborted) throw aborted(signal);
      try {
        return await this.#attempt(reactor, address, { alpn, raw, timeoutMs, leftMs, signal });
      } catch (error) {
        leftMs = Math.ceil(until - now());
        // The idle timeout of the node ends handshakes too, and may be shorter than the caller's
        // time.
        if (leftMs <= 0 || !(error instanceof TransportError && error.code === "timeout")) {
          throw error;
        }
      }
    }
  }

  async #attempt(
    reactor: Reactor,
    address: EndpointAddress,
    { alpn, raw, timeoutMs, leftMs, signal }: Attempt,
  ): Promise<QuicConnection> {
    const number = this.#nextNumber();
    const { promise, resolve, reject } = deferred<QuicConnection>();
    const peer = address.endpointId;
    const dial: Dial = { alpn, raw, peer, timeoutMs, resolve, reject };
    const abort = (): void => {
      if (signal !== undefined) dial.aborted = aborted(signal);
      reactor.native.abort(number);
    };
    this.#open.set(number, dial);
    reactor.keepAlive.hold();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      start(reactor, number, address, alpn, raw, leftMs);
      return await promise;
    } finally {
      this.#open.delete(number);
      signal?.removeEventListener("abort", abort);
      reactor.keepAlive.release();
    }
  }

  /** Returns a number that no dial has. */
  #nextNumber(): number {
    do this.#lastDial = (this.#lastDial + 1) >>> 0;
    while (this.#open.has(this.#lastDial));
    return this.#lastDial;
  }

  dialed(number: number, handle: number, peer: EndpointId): void {
    const dial = this.#open.get(number);
    const reactor = this.#reactor;
    if (dial === undefined || reactor === undefined) return;
    const { alpn, raw } = dial;
    const connection = new QuicConnection(reactor, { handle, peer, alpn, side: "client", raw });
    reactor.adopt(connection);
    if (dial.aborted === undefined) {
      dial.resolve(connection);
    } else {
      connection.close();
      dial.reject(dial.aborted);
    }
  }

  failed(number: number, error: TransportError): void {
    const dial = this.#open.get(number);
    if (dial === undefined) return;
    const peer = `${dial.peer.slice(0, SHOWN_ID_CHARS)}…`;
    const text = `cannot connect to ${peer} over ${JSON.stringify(dial.alpn)}: ${reason(error, dial)}`;
    const options =
      error.applicationCode === undefined ? {} : { applicationCode: error.applicationCode };
    dial.reject(dial.aborted ?? new TransportError(error.code, text, options));
  }

  /** Fails all dials. */
  end(error: TransportError): void {
    for (const dial of this.#open.values()) dial.reject(error);
  }
}

function start(
  { native }: Reactor,
  number: number,
  { endpointId, directAddresses, relayUrl }: EndpointAddress,
  alpn: string,
  raw: boolean,
  timeoutMs: number,
): void {
  try {
    native.connect(number, endpointId, [...directAddresses], relayUrl, alpn, raw, timeoutMs);
  } catch (cause) {
    const text = "cannot dial this address; check the endpoint id, ip:port and relay";
    throw new TransportError("address", text, { cause });
  }
}

/** The reason of a failed dial. A timeout has no known cause, so it names what to check. */
function reason({ code, message }: TransportError, { timeoutMs }: Dial): string {
  return code === "timeout"
    ? `the peer did not answer within ${timeoutMs} ms; check that it runs at this address and that no firewall blocks UDP`
    : message;
}

function aborted(signal: AbortSignal): TransportError {
  return new TransportError("closed", "the dial was aborted", { cause: signal.reason });
}
