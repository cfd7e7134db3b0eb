import type { CallChannel } from "./call-channel.ts";

export interface WaitingCall {
  readonly call: CallChannel;
  readonly header: Uint8Array;
}

/** The calls of a session that wait for their turn, in the order they came. */
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

  /** All of them, which wait no longer. */
  take(): CallChannel[] {
    const calls = this.#calls.map(({ call }) => call);
    this.#calls = [];
    return calls;
  }
}
