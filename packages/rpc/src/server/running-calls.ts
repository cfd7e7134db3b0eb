import type { RpcError } from "../error.ts";

/** A call in the list of its connection. */
export interface RunningCall {
  earlier: RunningCall | undefined;
  later: RunningCall | undefined;
  /** Ends the call with an error. No-op when it has ended. */
  endWith(error: RpcError): void;
}

/**
 * The calls of one connection that passed the checks of their headers and have not ended. The calls
 * are the links of the list, so that adding and removing one allocates nothing.
 */
export class RunningCalls {
  #first: RunningCall | undefined;

  add(call: RunningCall): void {
    const first = this.#first;
    call.later = first;
    if (first !== undefined) first.earlier = call;
    this.#first = call;
  }

  /** `call` must be in the list. */
  remove(call: RunningCall): void {
    const { earlier, later } = call;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later !== undefined) later.earlier = earlier;
    call.earlier = undefined;
    call.later = undefined;
  }

  /** Ends all calls, each with an error of its own. */
  endAll(makeError: () => RpcError): void {
    const calls: RunningCall[] = [];
    for (let call = this.#first; call !== undefined; call = call.later) calls.push(call);
    for (const call of calls) call.endWith(makeError());
  }
}
