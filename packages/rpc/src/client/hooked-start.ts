import type { CallMetadata, CompressionSetting } from "@aster/contract";
import { RpcError } from "../error.ts";
import type { CallChanges, PrepareHooks } from "../hooks/call-hooks.ts";
import { HookedCall, type MethodHooks, methodHooks } from "../hooks/hooked-call.ts";
import { streamsRequests, streamsResponses } from "../interceptor-chain.ts";
import { narrowed } from "../message/compression.ts";
import { checkMetadata, Metadata } from "../metadata.ts";
import { now } from "../time/clock.ts";
import { checkDeadlineAt, NO_DEADLINE } from "../time/deadline.ts";
import type { BoundMethod } from "./bound-method.ts";
import type { CallSetup, ObservedCall } from "./call-options.ts";
import type { CallTarget } from "./call-target.ts";
import type { Start } from "./intercepted-start.ts";
import { FailedStream } from "./response-stream.ts";

const NO_ROLES: ReadonlySet<string> = new Set();

/** Returns a `Start` that runs hooks around each call. */
export function hookedStart(
  target: CallTarget,
  bound: BoundMethod,
  prepares: readonly PrepareHooks[],
  start: Start,
): Start {
  const streams = streamsResponses(bound.method.pattern);
  let hooks: MethodHooks | undefined;
  return (request, setup) => {
    hooks ??= prepared(target, bound, prepares);
    const call = new HookedClientCall(hooks, target, setup);
    let changed: CallSetup;
    try {
      call.begin();
      changed = call.setup;
    } catch (error) {
      call.ended(RpcError.from(error));
      return streams ? new FailedStream(error) : Promise.reject(error);
    }
    return start(request, changed);
  };
}

function prepared(
  { connection }: CallTarget,
  { service, version, method }: BoundMethod,
  prepares: readonly PrepareHooks[],
): MethodHooks {
  const facts = {
    side: "client",
    service,
    version,
    method: method.name,
    pattern: method.pattern,
    idempotent: method.idempotent,
    inSession: connection.isSession ?? false,
  } as const;
  return methodHooks(
    facts,
    prepares.map((prepare) => prepare(facts)),
  );
}

class HookedClientCall extends HookedCall implements ObservedCall {
  requests: number;
  responses = 0;
  #metadata: Metadata;
  #deadlineAt: number;
  #compression: CompressionSetting | undefined;
  readonly #target: CallTarget;
  readonly #setup: CallSetup;

  constructor(hooks: MethodHooks, target: CallTarget, setup: CallSetup) {
    super(hooks, setup.startedAt ?? (hooks.observes ? now() : undefined));
    this.requests = streamsRequests(hooks.facts.pattern) ? 0 : 1;
    this.#metadata = setup.metadata;
    this.#deadlineAt = setup.deadlineAt;
    this.#compression = setup.compression;
    this.#target = target;
    this.#setup = setup;
  }

  get peer(): string {
    return this.#target.connection.peer;
  }

  get roles(): ReadonlySet<string> {
    return NO_ROLES;
  }

  get metadata(): CallMetadata {
    return this.#metadata;
  }

  get deadlineAt(): number | undefined {
    return this.#deadlineAt === NO_DEADLINE ? undefined : this.#deadlineAt;
  }

  get compression(): CompressionSetting | undefined {
    return this.#compression;
  }

  get context(): undefined {
    return undefined;
  }

  /** The setup of the call on the wire, after all changes. */
  get setup(): CallSetup {
    const { signal, onTrailer, retry, compression } = this.#setup;
    return {
      metadata: this.#metadata,
      deadlineAt: this.#deadlineAt,
      startedAt: this.startedAt,
      signal,
      onTrailer,
      retry,
      compression: narrowed(compression, this.#compression),
      logged: undefined,
      observed: this.observes ? this : undefined,
    };
  }

  ended(error: RpcError | undefined): void {
    this.end(error, this.requests, this.responses);
  }

  protected override change({ metadata, deadlineAt, compression }: CallChanges): void {
    if (metadata !== undefined) {
      const checked = Metadata.from(metadata);
      checkMetadata(checked, this.#target.limits);
      this.#metadata = checked;
    }
    if (deadlineAt !== undefined) {
      checkDeadlineAt(deadlineAt);
      this.#deadlineAt = Math.min(deadlineAt, this.#deadlineAt);
    }
    if (compression !== undefined) this.#compression = compression;
  }
}
