import type { CallChannel } from "./call-channel.ts";

export interface WaitingCall {
  readonly call: CallChannel;
  readonly header: Uint8Array;
}

/** The queue of a client's session: calls that wait for the end of those made before them. */
export class WaitingCalls {
  #calls: WaitingCall[] = [];

  add(call: CallChannel, header: Uint8Array): void {
    this.#calls.push({ call, header });
  }

  remove(call: CallChannel): void {
    this.#calls = this.#calls.filter((one) => one.call !== call);
  }

  next(): WaitingCall | undefined {
    return this.#calls.shift();
  }

  /** Empties the queue. */
  take(): CallChannel[] {
    const calls = this.#calls.map(({ call }) => call);
    this.#calls = [];
    return calls;
  }
}
