import type { CallContext, CallMetadata, CompressionSetting, MethodPattern } from "@aster/contract";
import { type AsyncScope, currentScope } from "../context.ts";
import type { RpcError } from "../error.ts";
import { printFailure, watchResult } from "../failure-log.ts";
import type { CallEnd } from "../observe-call.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import type { CallChanges, CallFacts, CallHooks, MethodFacts } from "./call-hooks.ts";

/** The hooks of one method on one side, made once. */
export interface MethodHooks {
  readonly facts: MethodFacts;
  /** From the outermost to the innermost. */
  readonly hooks: readonly CallHooks[];
  /** One of them has `end`. */
  readonly observes: boolean;
}

export function methodHooks(facts: MethodFacts, hooks: readonly CallHooks[]): MethodHooks {
  return { facts, hooks, observes: hooks.some(({ end }) => end !== undefined) };
}

/**
 * A call whose interceptors are hooks, as they see it. The call runs them and counts its messages
 * here.
 */
export abstract class HookedCall implements CallFacts {
  readonly side: CallFacts["side"];
  readonly service: string;
  readonly version: number;
  readonly method: string;
  readonly pattern: MethodPattern;
  readonly idempotent: boolean;
  readonly inSession: boolean;
  readonly attempt = 1;
  readonly peer: string;
  /** The hooks whose `begin` has returned. */
  #begun = 0;
  #over = false;
  readonly #hooks: readonly CallHooks[];
  /** As of `now()`, if it has been read. */
  protected readonly startedAt: number | undefined;
  /** The async context of the call; `undefined` if no hook has `end`. */
  readonly #scope: AsyncScope | undefined;

  constructor(
    { facts, hooks, observes }: MethodHooks,
    peer: string,
    startedAt: number | undefined,
  ) {
    this.side = facts.side;
    this.service = facts.service;
    this.version = facts.version;
    this.method = facts.method;
    this.pattern = facts.pattern;
    this.idempotent = facts.idempotent;
    this.inSession = facts.inSession;
    this.peer = peer;
    this.#hooks = hooks;
    this.startedAt = startedAt;
    this.#scope = observes ? currentScope() : undefined;
  }

  abstract readonly roles: ReadonlySet<string>;
  abstract readonly metadata: CallMetadata;
  abstract readonly deadlineAt: number | undefined;
  abstract readonly compression: CompressionSetting | undefined;
  abstract readonly context: CallContext | undefined;

  /** Throws for a change that is not valid. */
  protected abstract change(changes: CallChanges): void;

  /** Runs all `begin`. Throws what one of them throws, which ends the call. */
  begin(): void {
    for (const hooks of this.#hooks) {
      const changes = hooks.begin?.(this);
      this.#begun += 1;
      if (changes !== undefined) this.change(changes);
    }
  }

  /** Runs the `end` of all hooks that have begun, once. Never throws. */
  protected end(error: RpcError | undefined, requests: number, responses: number): void {
    if (this.#over || this.#scope === undefined) return;
    this.#over = true;
    const end: CallEnd = {
      code: error?.code ?? StatusCode.OK,
      error,
      requests,
      responses,
      durationMs: now() - (this.startedAt as number),
    };
    this.#scope(() => {
      for (let at = this.#begun - 1; at >= 0; at--) this.#tell(this.#hooks[at] as CallHooks, end);
    });
  }

  /** An observer that fails must not change how the call ends. */
  #tell(hooks: CallHooks, end: CallEnd): void {
    try {
      const result: unknown = hooks.end?.(end, this);
      if (result !== undefined) watchResult(result, failed);
    } catch (cause) {
      failed(cause);
    }
  }
}

function failed(cause: unknown): void {
  printFailure("the end of a call hook failed", cause);
}
