/** How far a call has come. */
export const Phase = {
  /** Nothing has come yet. */
  Header: 0,
  /** The one request is due. */
  Request: 1,
  /** Requests come as a stream. */
  Requests: 2,
  /** There is nothing more to say for the caller. */
  Answering: 3,
  /** The trailer has been sent, or nobody wants it. */
  Over: 4,
  /** It is no call: a session has taken over. */
  Session: 5,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];
