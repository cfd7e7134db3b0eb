/**
 * Whether a client has its peer: `"connected"` (gRPC: READY), `"connecting"` (CONNECTING), `"disconnected"` until a call needs
 * the peer again (IDLE, TRANSIENT_FAILURE), `"closed"` for good (SHUTDOWN).
 */
export type ClientState = "connected" | "connecting" | "disconnected" | "closed";
