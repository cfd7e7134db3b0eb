import { RpcError, RpcReason, StatusCode } from "@aster/rpc";
import {
  checkInteger,
  type InterceptedCall,
  type Interceptor,
  type Next,
  observeCall,
} from "@aster/rpc/interceptor";
import { type KeyedScope, keyedScope, type ScopeOptions, scopeOptions } from "./call-scope.ts";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";
import { Place } from "./place.ts";
import { Semaphore } from "./semaphore.ts";

export interface BulkheadOptions extends ScopeOptions {
  /** The calls of a scope that run at a time. */
  readonly maxConcurrent: number;
  /** The calls of a scope that may wait for a place, in their order. Default: 0. */
  readonly maxQueue?: number | undefined;
}

/**
 * Bounds the calls that run at a time, on clients and servers. Default scope: `"global"`.
 *
 * On a client a call has its place until it is over, which for a stream of responses is the end of
 * the stream. On a server it has it until the handler has returned as well. A call waits no longer
 * than it lasts. With a full queue it fails with RESOURCE_EXHAUSTED, reason `limit.bulkhead`.
 */
export function bulkhead(options: BulkheadOptions): Interceptor {
  checkNames("bulkhead", options, ["maxConcurrent", "maxQueue", ...scopeOptions]);
  const { maxConcurrent, maxQueue = 0 } = options;
  checkInteger("maxConcurrent", maxConcurrent, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("maxQueue", maxQueue, 0, Number.MAX_SAFE_INTEGER);
  const rooms = new Rooms(keyedScope(options, "global"), maxConcurrent, maxQueue);
  // the name appears in errors
  return async function bulkhead(call, next) {
    const leave = rooms.enter(call);
    return run(call, next, leave instanceof Promise ? await leave : leave);
  };
}

/** `new BulkheadInterceptor(options)` is {@link bulkhead}. */
export const BulkheadInterceptor: InterceptorClass<typeof bulkhead> = interceptorClass(
  "BulkheadInterceptor",
  bulkhead,
);

function run(call: InterceptedCall, next: Next, leave: () => void): Promise<unknown> {
  if (call.side === "client") return observeCall(call, next, leave);
  const place = new Place(leave);
  return observeCall(
    call,
    (inner) => place.run(inner, next),
    () => place.callOver(),
  );
}

/** The places of all scopes. A scope is here while it has calls, so it need not be bounded. */
class Rooms {
  readonly #scope: KeyedScope;
  readonly #maxConcurrent: number;
  readonly #maxQueue: number;
  readonly #rooms = new Map<string, Semaphore>();

  constructor(scope: KeyedScope, maxConcurrent: number, maxQueue: number) {
    this.#scope = scope;
    this.#maxConcurrent = maxConcurrent;
    this.#maxQueue = maxQueue;
  }

  /** Returns the function that gives the place back. Throws or rejects if the call gets none. */
  enter(call: InterceptedCall): (() => void) | Promise<() => void> {
    const key = this.#scope.keyOf(call);
    let room = this.#rooms.get(key);
    if (room === undefined) {
      room = new Semaphore(this.#maxConcurrent);
      this.#rooms.set(key, room);
    }
    const leave = this.#leaving(key, room);
    if (room.tryTake()) return leave;
    if (room.waiting >= this.#maxQueue) throw this.#full();
    return room.take(call.signal).then(() => leave);
  }

  #leaving(key: string, room: Semaphore): () => void {
    return () => {
      room.release();
      if (room.idle) this.#rooms.delete(key);
    };
  }

  #full(): RpcError {
    const waiting = this.#maxQueue === 0 ? "" : ` and ${this.#maxQueue} wait`;
    return new RpcError(
      StatusCode.RESOURCE_EXHAUSTED,
      `Bulkhead full (${this.#maxConcurrent} calls run${waiting} per ${this.#scope.title})`,
      { details: { reason: RpcReason.LIMIT_BULKHEAD } },
    );
  }
}
