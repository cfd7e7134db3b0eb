/** The state of a call. The order matters: from `Over` on the call accepts no frames. */
export const Phase = {
  /** No frame has arrived. */
  Header: 0,
  /** The only request is due. */
  Request: 1,
  /** A stream of requests is open. */
  Requests: 2,
  /** All requests have arrived; the handler runs. */
  Answering: 3,
  /** The trailer was sent, or the caller is gone. */
  Over: 4,
  /** The header opened a session, which handles the channel now. */
  Session: 5,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];
