/** The ALPN of calls (docs/wire.md, "Calls"): framed streams, one per call. */
export const RPC_ALPN = "aster/1";
