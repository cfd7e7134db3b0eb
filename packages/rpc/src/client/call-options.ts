import type { CompressionSetting, Interceptor, SerializationMode } from "@aster/contract";
import { currentDeadlineAt, inCurrentScope } from "../context.ts";
import type { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import type { LoggedClientCall } from "../log/client-log.ts";
import { checkCompression } from "../message/compression.ts";
import { checkMetadata, Metadata, type MetadataInit } from "../metadata.ts";
import { checkRetryChoice, type RetryChoice } from "../retry/retry-options.ts";
import { policyOf, type RetryPolicy } from "../retry/retry-policy.ts";
import { now } from "../time/clock.ts";
import { checkTimeout, deadlineAfter, NO_DEADLINE } from "../time/deadline.ts";
import { abortedError, deadlineError } from "./call-failure.ts";

/** The options of one call. */
export interface CallOptions {
  /**
   * The longest time that the caller waits, more than 0. Default: the method's `timeoutMs`, else
   * the client's. `Infinity`: no limit.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Ends the call with CANCELLED, or DEADLINE_EXCEEDED for an `AbortSignal.timeout()`, and aborts
   * the handler's signal.
   */
  readonly signal?: AbortSignal | undefined;
  readonly metadata?: MetadataInit | undefined;
  /** Interceptors of this call. They run inside those of the client. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /**
   * The mode of the messages of this call. Default: the client's mode, else the first one of method
   * and service that the peer offers. Where the peer does not offer it, the call ends with
   * FAILED_PRECONDITION before anything is sent. Every server takes JSON.
   */
  readonly serialization?: SerializationMode | undefined;
  /**
   * The compression of the requests of this call, which interceptors cannot change. Default: that
   * of an interceptor, of the method, of the service or of the client.
   */
  readonly compression?: CompressionSetting | undefined;
  /**
   * Receives the metadata that the server sent with the status, once, before the call ends and also
   * when it fails; of a call that is repeated, once per attempt. It is not called when no status
   * arrived. An error that it throws ends the call.
   */
  readonly onTrailer?: ((trailer: Metadata) => void) | undefined;
  /**
   * Caps the deadline of a call made inside a handler at the deadline of the call being handled.
   * Default: true.
   */
  readonly inheritDeadline?: boolean | undefined;
  /**
   * The retries of this call. `true` stands for the default policy, and `false` also leaves out the
   * client's interceptors that repeat calls. Default: those of the client. Calls in a session are
   * never repeated.
   */
  readonly retry?: RetryChoice | undefined;
}

/** The settings of one call on the wire, after options, defaults and interceptors. */
export interface CallSetup {
  readonly metadata: Metadata;
  /** A reading of `now()`; `Infinity` for no deadline. */
  readonly deadlineAt: number;
  /** The time of the call, as of `now()`, if it has been read; it begins in the same turn. */
  readonly startedAt: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onTrailer: ((trailer: Metadata) => void) | undefined;
  /** The retries of this call; `false` for none, `undefined` for those of the client. */
  readonly retry?: RetryPolicy | false | undefined;
  /** Sends the call to another producer than the present one, if there is a connection to one. */
  readonly elsewhere?: boolean | undefined;
  /** `undefined` for the compression of the method. */
  readonly compression: CompressionSetting | undefined;
  /** The call of a client that has a log. */
  readonly logged?: LoggedClientCall | undefined;
  /** The call as its hooks see it, if one of them needs its end. */
  readonly observed?: ObservedCall | undefined;
}

/** The counts of a call, and its end. */
export interface ObservedCall {
  /** The number of requests that were sent. */
  requests: number;
  /** The number of responses that the caller has got. */
  responses: number;
  /** The call has ended for its caller, with this error or OK. No-op after the first time. */
  ended(error: RpcError | undefined): void;
}

const plain: CallSetup = {
  metadata: Metadata.empty,
  deadlineAt: NO_DEADLINE,
  startedAt: undefined,
  signal: undefined,
  onTrailer: undefined,
  compression: undefined,
  logged: undefined,
  observed: undefined,
};

/**
 * Makes the setup of a call that begins now. `usualTimeoutMs` counts where the options have no
 * timeout. Throws INVALID_ARGUMENT for a bad timeout or metadata, RESOURCE_EXHAUSTED for metadata
 * over a limit.
 */
export function callSetup(
  options: CallOptions | undefined,
  usualTimeoutMs: number | undefined,
  limits: RpcLimits,
): CallSetup {
  if (options === undefined) {
    const startedAt = usualTimeoutMs === undefined ? undefined : now();
    const deadlineAt = inherited(usualTimeoutMs, startedAt, true);
    return deadlineAt === NO_DEADLINE ? plain : { ...plain, deadlineAt, startedAt };
  }
  checkTimeout(options.timeoutMs);
  checkRetryChoice("retry", options.retry, false);
  checkCompression(options.compression);
  const metadata = Metadata.from(options.metadata);
  checkMetadata(metadata, limits);
  const timeoutMs = options.timeoutMs ?? usualTimeoutMs;
  const startedAt = timeoutMs === undefined ? undefined : now();
  return {
    metadata,
    deadlineAt: inherited(timeoutMs, startedAt, options.inheritDeadline ?? true),
    startedAt,
    signal: options.signal,
    onTrailer: options.onTrailer && inCurrentScope(options.onTrailer),
    retry: policyOf(options.retry),
    compression: options.compression,
    logged: undefined,
    observed: undefined,
  };
}

function inherited(
  timeoutMs: number | undefined,
  startedAt: number | undefined,
  inherits: boolean,
): number {
  const own = deadlineAfter(timeoutMs, startedAt);
  return inherits ? Math.min(own, currentDeadlineAt()) : own;
}

/** Throws the error of a call that must not begin: its signal has fired, or its deadline passed. */
export function checkStart({ signal, deadlineAt, startedAt }: CallSetup): void {
  if (signal?.aborted) throw abortedError(signal);
  if (deadlineAt !== NO_DEADLINE && deadlineAt <= (startedAt ?? now())) throw deadlineError();
}
