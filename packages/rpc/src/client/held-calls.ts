import type { Connection } from "@aster/transport";
import type { RpcError } from "../error.ts";
import { lostError, ownError } from "./call-failure.ts";
import type { Renewal } from "./call-target.ts";

/** A call that its interceptors hold: it may have no channel whose loss would end it. */
export interface HeldCall {
  /** Ends the call. No-op when it has ended. */
  end(error: RpcError): void;
}

/** The calls of one client or session that run in interceptors. */
export class HeldCalls {
  readonly #calls = new Set<HeldCall>();

  get size(): number {
    return this.#calls.size;
  }

  add(call: HeldCall): void {
    this.#calls.add(call);
  }

  delete(call: HeldCall): void {
    this.#calls.delete(call);
  }

  /** Ends all calls: no call can be made any more. */
  end(error: RpcError): void {
    for (const call of [...this.#calls]) call.end(ownError(error));
  }
}

const ofConnections = new WeakMap<Connection, HeldCalls>();

/** The calls that end with this connection. */
export function heldCallsOf(connection: Connection & Renewal): HeldCalls {
  const known = connection.held ?? ofConnections.get(connection);
  if (known !== undefined) return known;
  const made = new HeldCalls();
  ofConnections.set(connection, made);
  // once per connection: each subscription lasts as long as the connection
  void connection.closed.then((error) => made.end(lostError(error, connection)));
  return made;
}
