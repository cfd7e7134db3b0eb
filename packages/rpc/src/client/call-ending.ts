import type { InterceptedCall } from "@aster/contract";
import type { RpcError } from "../error.ts";

/** Is told when a call ends before its result: at its deadline, or by its caller or client. */
export interface EndFollower {
  callEnded(error: RpcError, reason: unknown): void;
}

/** The ends of a call that its interceptors do not cause. */
export interface CallEnding {
  /** The signal that fires at these ends. */
  readonly signal: AbortSignal;
  follow(follower: EndFollower): void;
  unfollow(follower: EndFollower): void;
}

const key: unique symbol = Symbol("aster.call.ending");

interface EndingCall extends InterceptedCall {
  /** A copy of the call with other values has it, too. */
  readonly [key]?: CallEnding;
}

/** Returns the members that attach an ending to a call, which has its signal. */
export function endingMembers(ending: CallEnding): Pick<EndingCall, "signal" | typeof key> {
  return { signal: ending.signal, [key]: ending };
}

/**
 * The ending of a call, for listeners that cost less than those of its signal. `undefined` if an
 * interceptor has passed on another signal, and on a server.
 */
export function endingOf(call: EndingCall): CallEnding | undefined {
  const ending = call[key];
  return ending?.signal === call.signal ? ending : undefined;
}
