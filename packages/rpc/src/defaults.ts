// Default values of options that more than one file or both sides use. All times are in milliseconds.

/** For dialing and admission together: two handshakes and one request, also over a relay. */
export const DIAL_TIMEOUT_MS = 20_000;

/** The time that running calls have to end when a server or client drains. */
export const DRAIN_GRACE_MS = 10_000;

/** The time that a server has to answer the cancellation of a call inside a session. */
export const CANCEL_TIMEOUT_MS = 5_000;

/** A peer that sends nothing for this long is considered lost. */
export const IDLE_TIMEOUT_MS = 30_000;

/** The interval of keep-alive packets on an idle connection. */
export const KEEP_ALIVE_MS = 5_000;
