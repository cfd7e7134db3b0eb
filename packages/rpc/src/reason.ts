/**
 * The values of `details.reason` in errors of this library: the machine-readable cause beside the
 * status code. Errors without a more precise cause than their code have no reason. Handlers may use
 * reasons of their own.
 *
 * docs/guide/errors.md lists them with code, cause and remedy.
 */
export const RpcReason = {
  // Options and definitions.

  /** An option has a bad value, named in the detail `option`. Correct the value. */
  OPTION_INVALID: "option.invalid",
  /**
   * The peer offers the service, or the method in the detail `method`, under a contract that is not
   * compatible. Build both sides from compatible definitions.
   */
  CONTRACT_MISMATCH: "contract.mismatch",
  /**
   * The peer no longer offers a mode of the service after a reconnection. Make a new client of the
   * service.
   */
  CONTRACT_MODES: "contract.modes",
  /**
   * The peer offers none of the client's serialization modes. Request one of the offered modes, or
   * JSON.
   */
  SERIALIZATION_MISMATCH: "serialization.mismatch",
  /**
   * The server hosts other versions of the service, named in the detail `versions`. Call one of
   * these.
   */
  SERVICE_VERSION: "service.version",

  // Requests and responses.

  /**
   * The request does not pass the checks of its type; the detail `path` says where. Correct the
   * request.
   */
  REQUEST_INVALID: "request.invalid",
  /**
   * The response does not pass the checks of its type; the detail `path` says where. Correct the
   * server, or build both sides from the same definition.
   */
  RESPONSE_INVALID: "response.invalid",
  /**
   * A call has more or fewer messages than its method takes or returns. Call the method by its
   * pattern.
   */
  CARDINALITY: "cardinality",
  /**
   * A method without a definition was called by another pattern than its own. Use the form that the
   * message names.
   */
  PATTERN: "pattern",
  /** The stream ended without a status. Check that the peer speaks this protocol. */
  WIRE_TRAILER: "wire.trailer",

  // The codec, for requests inside sessions.

  /** The codec was called with a value that is not a wire type. Pass a wire type. */
  CODEC_TYPE: "codec.type",
  /** A type tag is invalid, reserved or names another type. Choose another tag. */
  CODEC_TAG: "codec.tag",
  /** A schema has no form on the wire. Use a type that the mode supports. */
  CODEC_SCHEMA: "codec.schema",
  /** A value does not fit its type. Correct the value. */
  CODEC_VALUE: "codec.value",
  /** Bytes or JSON cannot be decoded. Check that both sides use the same mode and version. */
  CODEC_DATA: "codec.data",
  /** A message exceeds a bound of the codec. Send less in one message. */
  CODEC_LIMIT: "codec.limit",
  /** A buffer is too small for an encoded value. Pass a larger buffer. */
  CODEC_SPACE: "codec.space",
  /** A message has another shape than its type. Build both sides from the same definition. */
  CODEC_MISMATCH: "codec.mismatch",

  // Limits. They are options of the server and client; concurrency limits may also be part of a
  // definition.

  /**
   * A message is longer than `maxMessageBytes`. Send less, or raise the limit at the receiver up to
   * 16 MiB.
   */
  LIMIT_MESSAGE: "limit.message",
  /**
   * A message of the peer is compressed, and this platform has no zstd. Use Node 22.15 or newer, or
   * set `compression: false` at the peer.
   */
  COMPRESSION_UNSUPPORTED: "compression.unsupported",
  /** A header is longer than `maxHeaderBytes`. Send less metadata. */
  LIMIT_HEADER: "limit.header",
  /** Metadata exceed the bound in the detail `limit`. Send fewer or shorter entries. */
  LIMIT_METADATA: "limit.metadata",
  /** Trailers of a handler exceed the bound in the detail `limit`. Add fewer or shorter entries. */
  LIMIT_TRAILER: "limit.trailer",
  /** The data of a declared error have more than 4096 characters. Put less into the error. */
  LIMIT_ERROR: "limit.error",
  /**
   * A client stream has more messages than `maxClientStreamItems`. Split it, or raise the limit.
   */
  LIMIT_CLIENT_STREAM_ITEMS: "limit.maxClientStreamItems",
  /** The server runs `maxCalls` calls. Retry later with a back-off. */
  LIMIT_CALLS: "limit.maxCalls",
  /**
   * The peer runs `maxCallsPerPeer` calls, over all its connections. Wait until one has ended.
   */
  LIMIT_CALLS_PER_PEER: "limit.maxCallsPerPeer",
  /** The connection runs `maxCallsPerConnection` calls. Wait until one has ended. */
  LIMIT_CALLS_PER_CONNECTION: "limit.maxCallsPerConnection",
  /**
   * The server holds `maxHeldBytesPerPeer` bytes of this peer's messages, unread answers included.
   * Read the answers; retry when a call has ended.
   */
  LIMIT_HELD_BYTES_PER_PEER: "limit.maxHeldBytesPerPeer",
  /** The server holds `maxHeldBytes` bytes of messages. Retry later with a back-off. */
  LIMIT_HELD_BYTES: "limit.maxHeldBytes",
  /** The connection has `maxSessionsPerConnection` sessions. Close one. */
  LIMIT_SESSIONS_PER_CONNECTION: "limit.maxSessionsPerConnection",
  /**
   * The service runs as many calls or sessions as its `maxConcurrentStreams`. Retry later with a
   * back-off.
   */
  LIMIT_CONCURRENT_STREAMS: "limit.maxConcurrentStreams",
  /**
   * The service or method runs as many calls as its `maxConcurrentCalls`. Retry later with a
   * back-off.
   */
  LIMIT_CONCURRENT_CALLS: "limit.maxConcurrentCalls",
  /**
   * A rate limit has no token for the call. Wait for the time in the detail `retryAfterMs`, in
   * milliseconds.
   */
  LIMIT_RATE: "limit.rate",
  /** A bulkhead runs all the calls that it may, and its queue is full. Retry with a back-off. */
  LIMIT_BULKHEAD: "limit.bulkhead",

  // Circuit breakers.

  /**
   * The peer has failed several times in a row. Wait for the time in the detail `retryAfterMs`, in
   * milliseconds, or call another peer.
   */
  CIRCUIT_OPEN: "circuit.open",
  /** One call is testing a peer that has failed before. Retry when it has ended. */
  CIRCUIT_HALF_OPEN: "circuit.half-open",

  // The life of servers, clients and sessions.

  /**
   * The server shuts down and accepts no new calls. Call another server, or retry after its
   * restart.
   */
  DRAINING: "draining",
  /** The client was closed. Connect a new one. */
  CLIENT_CLOSED: "client.closed",
  /**
   * The server ended the session or does not answer in it. Open another session; its state is new.
   */
  SESSION_LOST: "session.lost",
  /** The session had no call for `sessionIdleMs`. Open another session; its state is new. */
  SESSION_IDLE: "session.idle",
  /** The session has ended. Open another session; its state is new. */
  SESSION_OVER: "session.over",

  // Streams that a program pushes into.

  /** A request was sent into a call that has ended or was ended. Make another call. */
  CALL_OVER: "call.over",
  /** A subscriber of a broadcast reads too slowly. Read faster, or raise the capacity. */
  BROADCAST_SLOW: "broadcast.slow",

  // The connection: the codes of `TransportError`.

  /** An address or ticket cannot be read. Correct it. */
  TRANSPORT_ADDRESS: "transport.address",
  /**
   * The node cannot be opened, for example because its address is taken. Choose another
   * `bindAddress`.
   */
  TRANSPORT_BIND: "transport.bind",
  /** The native module is missing or broken. Reinstall the packages for this platform. */
  TRANSPORT_NATIVE: "transport.native",
  /**
   * The storage of the node is in use, or cannot be read or written. Close the other node, or check
   * the directory.
   */
  TRANSPORT_STORAGE: "transport.storage",
  /** A blob or document is not there. Check its hash, and that a provider has it. */
  TRANSPORT_MISSING: "transport.missing",
  /** The peer sent bytes that are not a frame. Check that it speaks this protocol. */
  TRANSPORT_FRAME: "transport.frame",
  /**
   * A bound of the connection is reached; the message names it. Open fewer channels or send less.
   */
  TRANSPORT_LIMIT: "transport.limit",
  /**
   * The peer cannot be reached, or refused the connection. Check its address and that it runs;
   * retry.
   */
  TRANSPORT_CONNECT: "transport.connect",
  /** The peer did not answer in time. Retry an idempotent call. */
  TRANSPORT_TIMEOUT: "transport.timeout",
  /** The connection was closed. Retry an idempotent call; the client reconnects. */
  TRANSPORT_CLOSED: "transport.closed",
  /** The peer reset the stream of the call. Retry an idempotent call. */
  TRANSPORT_RESET: "transport.reset",

  // Admission: the codes of `AdmissionError`.

  /** The peer does not admit this client; it does not say why. Check the credential. */
  ADMISSION_DENIED: "admission.denied",
  /**
   * The admission of the client ended: it expired or was revoked. Request admission with a valid
   * credential; a client with a function as `credential` does that by itself.
   */
  ADMISSION_LAPSED: "admission.lapsed",
  /**
   * The method in the detail `method` requires a capability that the credential does not have. The
   * detail `missing` names it. Ask the operator for a credential that has it.
   */
  ADMISSION_CAPABILITY: "admission.capability",
  /** The function in the client's option `credential` failed; its error is the cause. */
  ADMISSION_CREDENTIAL: "admission.credential",
  /** The peer's admission message cannot be read. Check that it speaks this protocol. */
  ADMISSION_PROTOCOL: "admission.protocol",
  /**
   * The peer offers its services at another endpoint, named in the detail `endpointId`. Pass
   * `allowRedirect: true` to call that one.
   */
  ADMISSION_REDIRECT: "admission.redirect",
  /**
   * An admission message would exceed its bound. Use a smaller credential or offer fewer services.
   */
  ADMISSION_LIMIT: "admission.limit",
  /** The peer did not answer the admission in time. Retry. */
  ADMISSION_TIMEOUT: "admission.timeout",
  /** The connection was lost during admission. Retry. */
  ADMISSION_CLOSED: "admission.closed",
  /** The caller's signal stopped the admission. */
  ADMISSION_ABORTED: "admission.aborted",
  /**
   * An open gate is not allowed in production, which is any `NODE_ENV` but `development`, `test`
   * and none. Pass a gate, or `openGate({ production: true })`.
   */
  ADMISSION_GATE: "admission.gate",
  /**
   * The use of a one-time token cannot be recorded. Give the store a folder on a disk with space
   * that only the user of the server can write to.
   */
  ADMISSION_STORE: "admission.store",
  /**
   * A revocation list is missing, damaged, older than the one in force or not signed by the trusted
   * root key. Pass the latest list that `signRevocationList` made with that key.
   */
  ADMISSION_REVOCATION: "admission.revocation",

  // Registries: the codes of `RegistryError`.

  /** A name or id cannot be part of a registry key. Choose another name. */
  REGISTRY_KEY: "registry.key",
  /** A value is not a record of a registry. Correct it. */
  REGISTRY_RECORD: "registry.record",
  /**
   * The registry does not know the service or contract. Check its name, and that it is published.
   */
  REGISTRY_MISSING: "registry.missing",
  /** No producer can take calls, or no peer of the registry answers. Retry later. */
  REGISTRY_UNAVAILABLE: "registry.unavailable",
  /** A peer gave other bytes than those of the contract. Check its publisher. */
  REGISTRY_CONTRACT: "registry.contract",
  /**
   * A contract differs from the committed manifest. Write the manifest again, or raise the version
   * of the service.
   */
  REGISTRY_DRIFT: "registry.drift",
  /** The registry is closed. Open another one. */
  REGISTRY_CLOSED: "registry.closed",
} as const;
export type RpcReason = (typeof RpcReason)[keyof typeof RpcReason];
