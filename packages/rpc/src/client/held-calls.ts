import type { Connection } from "@aster/transport";
import type { RpcError } from "../error.ts";
import { lostError, ownError } from "./call-failure.ts";
import type { Renewal } from "./call-target.ts";

/** A call that its interceptors hold: it may have no channel whose loss would end it. */
export interface HeldCall {
  earlier: HeldCall | undefined;
  later: HeldCall | undefined;
  /** Ends the call. No-op when it has ended. */
  end(error: RpcError): void;
}

/**
 * The calls of one client or session that run in interceptors. The calls are the links of the list:
 * the tables that a `Set` leaves behind would keep ended calls alive until a full collection.
 */
export class HeldCalls {
  #first: HeldCall | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The call must not be in a list. */
  add(call: HeldCall): void {
    const first = this.#first;
    call.later = first;
    if (first !== undefined) first.earlier = call;
    this.#first = call;
    this.#size += 1;
  }

  /** No-op when the call is not in the list. */
  delete(call: HeldCall): void {
    const { earlier, later } = call;
    if (earlier === undefined && this.#first !== call) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later !== undefined) later.earlier = earlier;
    call.earlier = undefined;
    call.later = undefined;
    this.#size -= 1;
  }

  /** Ends all calls: no call can be made any more. */
  end(error: RpcError): void {
    const calls: HeldCall[] = [];
    for (let call = this.#first; call !== undefined; call = call.later) calls.push(call);
    for (const call of calls) call.end(ownError(error));
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
