import { RpcError, RpcReason, StatusCode } from "@aster/rpc";
import {
  checkInteger,
  checkPositive,
  type InterceptedCall,
  type Interceptor,
  type Next,
  now,
  observeCall,
  optionError,
} from "@aster/rpc/interceptor";
import { BoundedTable } from "./bounded-table.ts";
import { type KeyedScope, keyedScope, type ScopeOptions, scopeOptions } from "./call-scope.ts";
import { Circuit, type CircuitRules, type CircuitState } from "./circuit.ts";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkFunction, checkNames } from "./option-check.ts";
import { withSteps } from "./stream-steps.ts";

/** A change of the state of one key. */
export interface CircuitChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** The peer, service and method of the call that caused the change. */
  readonly peer: string;
  readonly service: string;
  readonly method: string;
  /** The failure that opened the circuit. */
  readonly error: RpcError | undefined;
}

export interface CircuitBreakerOptions extends ScopeOptions {
  /** The failures in a row after which calls are refused. Default: 5. */
  readonly failureThreshold?: number | undefined;
  /** The time for which calls are refused, before one call is let through. Default: 5000. */
  readonly openMs?: number | undefined;
  /**
   * The status codes that count as a failure. Default: UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL and
   * UNKNOWN.
   */
  readonly failureCodes?: readonly StatusCode[] | undefined;
  /** The keys with failures that are kept. Further ones are not counted. Default: 10 000. */
  readonly maxKeys?: number | undefined;
  /** Called at every change of a state. An error that it throws is ignored. */
  readonly onStateChange?: ((change: CircuitChange) => void) | undefined;
}

const names = [
  ...["failureThreshold", "openMs", "failureCodes", "maxKeys", "onStateChange"],
  ...scopeOptions,
];

const { UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED, OK } = StatusCode;

/**
 * Refuses calls to a peer that keeps failing, so that neither side spends time on them. Default
 * scope: `["peer", "method"]`.
 *
 * After `failureThreshold` failures in a row calls are refused for `openMs`. Then one call is let
 * through, the probe; further ones are refused while it runs. It closes the circuit when it gets an
 * answer, in a stream the first message, and opens it again when it fails. A stream counts at its
 * end. A call that was cancelled counts as nothing. Any other status than those of a failure is an
 * answer.
 *
 * Refusals are UNAVAILABLE with the reason `circuit.open` or `circuit.half-open`; the detail
 * `retryAfterMs` is the time until the next probe. Retries end with a refusal.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): Interceptor {
  checkNames("circuitBreaker", options, names);
  const breaker = new CircuitBreaker(options);
  // the name appears in errors
  return function circuitBreaker(call, next) {
    return breaker.run(call, next);
  };
}

/** `new CircuitBreakerInterceptor(options)` is {@link circuitBreaker}. */
export const CircuitBreakerInterceptor: InterceptorClass<typeof circuitBreaker> = interceptorClass(
  "CircuitBreakerInterceptor",
  circuitBreaker,
);

class CircuitBreaker {
  readonly #scope: KeyedScope;
  readonly #rules: CircuitRules;
  readonly #failureCodes: ReadonlySet<number>;
  readonly #circuits: BoundedTable<Circuit>;
  readonly #onStateChange: CircuitBreakerOptions["onStateChange"];

  constructor(options: CircuitBreakerOptions) {
    const { failureThreshold = 5, openMs = 5000, maxKeys = 10_000 } = options;
    const { failureCodes = [UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN] } = options;
    checkInteger("failureThreshold", failureThreshold, 1, Number.MAX_SAFE_INTEGER);
    checkPositive("openMs", openMs);
    checkInteger("maxKeys", maxKeys, 1, Number.MAX_SAFE_INTEGER);
    checkFunction("onStateChange", options.onStateChange);
    if (!Array.isArray(failureCodes) || !failureCodes.every(isFailureCode)) {
      throw optionError(
        "failureCodes",
        "a list of status codes other than OK and CANCELLED",
        failureCodes,
      );
    }
    this.#scope = keyedScope(options, ["peer", "method"]);
    this.#rules = { failureThreshold, openMs };
    this.#failureCodes = new Set(failureCodes);
    this.#circuits = new BoundedTable(maxKeys, (circuit) => circuit.isIdle(now()));
    this.#onStateChange = options.onStateChange;
  }

  run(call: InterceptedCall, next: Next): Promise<unknown> {
    const key = this.#scope.keyOf(call);
    const circuit = this.#circuits.get(key);
    if (circuit === undefined || circuit.state === "closed") {
      return observeCall(call, next, ({ error }) => this.#ended(key, call, error));
    }
    const at = now();
    if (!circuit.mayProbe(at)) throw refusal(circuit, at);
    return this.#probe(key, circuit, call, next);
  }

  async #probe(key: string, circuit: Circuit, call: InterceptedCall, next: Next): Promise<unknown> {
    if (circuit.state === "open") this.#changed(call, "open", "half-open");
    circuit.beginProbe();
    let probing = true;
    const answered = (): void => {
      if (!probing) return;
      probing = false;
      if (this.#circuits.get(key) === circuit) this.#circuits.delete(key);
      this.#changed(call, "half-open", "closed");
    };
    const response = await observeCall(call, next, ({ error }) => {
      if (!probing) this.#ended(key, call, error);
      else if (error?.code === CANCELLED) {
        probing = false;
        circuit.dropProbe();
      } else if (error !== undefined && this.#failureCodes.has(error.code)) {
        probing = false;
        circuit.failed(now());
        this.#changed(call, "half-open", "open", error);
      } else answered();
    });
    if (call.pattern !== "server_stream" && call.pattern !== "bidi_stream") return response;
    return withSteps(response, async (run) => {
      const step = await run();
      if (!step.done) answered();
      return step;
    });
  }

  /** A call that is not the probe has ended. It counts only while the circuit is closed. */
  #ended(key: string, call: InterceptedCall, error: RpcError | undefined): void {
    let circuit = this.#circuits.get(key);
    if (circuit !== undefined && circuit.state !== "closed") return;
    if (error?.code === CANCELLED) return;
    if (error === undefined || !this.#failureCodes.has(error.code)) {
      if (circuit !== undefined) this.#circuits.delete(key);
      return;
    }
    if (circuit === undefined) {
      circuit = new Circuit(this.#rules);
      if (!this.#circuits.add(key, circuit)) return;
    }
    if (circuit.failed(now())) this.#changed(call, "closed", "open", error);
  }

  #changed(call: InterceptedCall, from: CircuitState, to: CircuitState, error?: RpcError): void {
    if (this.#onStateChange === undefined) return;
    const { peer, service, method } = call;
    try {
      const result: unknown = this.#onStateChange({ from, to, peer, service, method, error });
      // an async function is accepted too; its rejection would end the process
      Promise.resolve(result).catch(() => {});
    } catch {
      // a log that fails must not fail the call
    }
  }
}

function isFailureCode(code: unknown): boolean {
  return typeof code === "number" && Number.isInteger(code) && code !== OK && code !== CANCELLED;
}

function refusal(circuit: Circuit, at: number): RpcError {
  const isOpen = circuit.state === "open";
  const reason = isOpen ? RpcReason.CIRCUIT_OPEN : RpcReason.CIRCUIT_HALF_OPEN;
  const retryAfterMs = String(Math.ceil(circuit.remainingMs(at)));
  return new RpcError(UNAVAILABLE, `circuit breaker is ${isOpen ? "open" : "half-open"}`, {
    details: { reason, retryAfterMs },
    // a retry of the same client would be refused too
    retryPushbackMs: -1,
  });
}
