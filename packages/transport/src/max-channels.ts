/** The channels that a peer may have open at a time on one connection: room for 1024 sessions, and for calls beside them. */
export const DEFAULT_MAX_CHANNELS = 1280;
