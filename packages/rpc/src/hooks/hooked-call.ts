import type { AsyncResource } from "node:async_hooks";
import type { CallContext, CallMetadata, CompressionSetting, MethodPattern } from "@aster/contract";
import { currentResource } from "../context.ts";
import type { RpcError } from "../error.ts";
import { printFailure, watchResult } from "../failure-log.ts";
import type { CallEnd } from "../observe-call.ts";
import { showAs } from "../shown.ts";
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
 * here. Facts are read where they are, so that the object is small: every call makes one.
 */
export abstract class HookedCall implements CallFacts {
  readonly #method: MethodHooks;
  /** The hooks whose `begin` has returned, and whose `end` has not run. */
  #open = 0;
  /** As of `now()`, if it has been read. */
  protected readonly startedAt: number | undefined;
  /** The async context of the call; `undefined` if no hook has `end`. */
  readonly #scope: AsyncResource | undefined;

  constructor(method: MethodHooks, startedAt: number | undefined) {
    this.#method = method;
    this.startedAt = startedAt;
    this.#scope = method.observes ? currentResource() : undefined;
  }

  get side(): CallFacts["side"] {
    return this.#method.facts.side;
  }

  get service(): string {
    return this.#method.facts.service;
  }

  get version(): number {
    return this.#method.facts.version;
  }

  get method(): string {
    return this.#method.facts.method;
  }

  get pattern(): MethodPattern {
    return this.#method.facts.pattern;
  }

  get idempotent(): boolean {
    return this.#method.facts.idempotent;
  }

  get inSession(): boolean {
    return this.#method.facts.inSession;
  }

  get attempt(): number {
    return 1;
  }

  abstract readonly peer: string;
  abstract readonly roles: ReadonlySet<string>;
  abstract readonly metadata: CallMetadata;
  abstract readonly deadlineAt: number | undefined;
  abstract readonly compression: CompressionSetting | undefined;
  abstract readonly context: CallContext | undefined;

  /** Throws for a change that is not valid. */
  protected abstract change(changes: CallChanges): void;

  /** One of the hooks has `end`. */
  protected get observes(): boolean {
    return this.#scope !== undefined;
  }

  /** Runs all `begin`. Throws what one of them throws, which ends the call. */
  begin(): void {
    const { hooks } = this.#method;
    for (let at = 0; at < hooks.length; at++) {
      const changes = (hooks[at] as CallHooks).begin?.(this);
      this.#open = at + 1;
      if (changes !== undefined) this.change(changes);
    }
  }

  /** Runs the `end` of all hooks that have begun, once. Never throws. */
  protected end(error: RpcError | undefined, requests: number, responses: number): void {
    const open = this.#open;
    if (open === 0 || this.#scope === undefined) return;
    this.#open = 0;
    const end: CallEnd = {
      code: error === undefined ? StatusCode.OK : error.code,
      error,
      requests,
      responses,
      durationMs: now() - (this.startedAt as number),
    };
    this.#scope.runInAsyncScope(this.#tell, this, open, end);
  }

  /** An observer that fails must not change how the call ends. */
  #tell(open: number, end: CallEnd): void {
    const { hooks } = this.#method;
    for (let at = open - 1; at >= 0; at--) {
      try {
        const result: unknown = (hooks[at] as CallHooks).end?.(end, this);
        if (result !== undefined) watchResult(result, failed);
      } catch (cause) {
        failed(cause);
      }
    }
  }
}

showAs(HookedCall.prototype, "CallFacts", (call) => {
  const { side, service, version, method, pattern, peer, metadata, deadlineAt } = call;
  return { side, service, version, method, pattern, peer, metadata, deadlineAt };
});

function failed(cause: unknown): void {
  printFailure("the end of a call hook failed", cause);
}
