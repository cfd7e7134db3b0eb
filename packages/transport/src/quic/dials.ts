import type { EndpointAddress } from "../address.ts";
import type { EndpointId } from "../connection.ts";
import { TransportError } from "../error.ts";
import type { ConnectOptions } from "../node.ts";
import { QuicConnection } from "./connection.ts";
import { deferred } from "./deferred.ts";
import type { Reactor } from "./reactor.ts";

const DEFAULT_TIMEOUT_MS = 20_000;

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

/** Dials that have not been answered yet. */
export class Dials {
  readonly #open = new Map<number, Dial>();
  #reactor: Reactor | undefined;
  #lastTicket = 0;

  start(reactor: Reactor): void {
    this.#reactor = reactor;
  }

  async dial(
    address: EndpointAddress,
    alpn: string,
    { signal, timeoutMs = DEFAULT_TIMEOUT_MS, raw = false }: ConnectOptions,
  ): Promise<QuicConnection> {
    const reactor = this.#reactor;
    if (reactor === undefined) throw new TransportError("closed", "the node is closed");
    const until = performance.now() + timeoutMs;
    for (let leftMs = timeoutMs; ; ) {
      if (signal?.aborted) throw givenUp(signal);
      try {
        return await this.#attempt(reactor, address, { alpn, raw, timeoutMs, leftMs, signal });
      } catch (error) {
        leftMs = Math.ceil(until - performance.now());
        // the idle timeout of the node, which ends handshakes too, may be shorter than the caller's
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
    this.#lastTicket = (this.#lastTicket + 1) >>> 0;
    const ticket = this.#lastTicket;
    const { promise, resolve, reject } = deferred<QuicConnection>();
    const peer = address.endpointId;
    const dial: Dial = { alpn, raw, peer, timeoutMs, resolve, reject };
    const abort = (): void => {
      if (signal !== undefined) dial.aborted = givenUp(signal);
      reactor.native.abort(ticket);
    };
    this.#open.set(ticket, dial);
    reactor.keepAlive.hold();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      start(reactor, ticket, address, alpn, raw, leftMs);
      return await promise;
    } finally {
      this.#open.delete(ticket);
      signal?.removeEventListener("abort", abort);
      reactor.keepAlive.release();
    }
  }

  dialed(ticket: number, handle: number, peer: EndpointId): void {
    const dial = this.#open.get(ticket);
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

  failed(ticket: number, error: TransportError): void {
    const dial = this.#open.get(ticket);
    if (dial === undefined) return;
    const who = `cannot connect to ${dial.peer.slice(0, 10)}… over ${JSON.stringify(dial.alpn)}`;
    const options =
      error.applicationCode === undefined ? {} : { applicationCode: error.applicationCode };
    dial.reject(
      dial.aborted ?? new TransportError(error.code, `${who}: ${reason(error, dial)}`, options),
    );
  }

  end(error: TransportError): void {
    for (const dial of this.#open.values()) dial.reject(error);
  }
}

function start(
  { native }: Reactor,
  ticket: number,
  { endpointId, directAddresses, relayUrl }: EndpointAddress,
  alpn: string,
  raw: boolean,
  timeoutMs: number,
): void {
  try {
    native.connect(
      ticket,
      endpointId,
      [...directAddresses],
      relayUrl ?? null,
      alpn,
      raw,
      timeoutMs,
    );
  } catch (cause) {
    throw new TransportError(
      "address",
      "this address cannot be dialled: check id, ip:port and relay",
      {
        cause,
      },
    );
  }
}

/** Silence does not say why: what to look at. */
function reason({ code, message }: TransportError, { timeoutMs }: Dial): string {
  return code === "timeout"
    ? `the peer did not answer within ${timeoutMs} ms; check that it runs at this address and that no firewall blocks UDP on the way`
    : message;
}

function givenUp(signal: AbortSignal): TransportError {
  return new TransportError("closed", "the dial was aborted", { cause: signal.reason });
}
