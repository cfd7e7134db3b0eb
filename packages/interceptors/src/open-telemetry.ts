import {
  type InterceptedCall,
  type Interceptor,
  observeCall,
  optionError,
} from "@aster/rpc/interceptor";
import {
  context,
  type MeterProvider,
  metrics,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";
import { SCHEMA_URL, SCOPE_NAME } from "./telemetry/call-attributes.ts";
import { CallInstruments } from "./telemetry/call-instruments.ts";
import {
  type CallerContext,
  endSpan,
  startClientSpan,
  startServerSpan,
} from "./telemetry/call-spans.ts";
import { withTraceContext } from "./telemetry/trace-context.ts";

export type { CallerContext } from "./telemetry/call-spans.ts";

export interface OpenTelemetryOptions {
  /** Default: the global provider of `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Default: the global provider of `@opentelemetry/api`. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Default: the global propagator of `@opentelemetry/api`. */
  readonly propagator?: TextMapPropagator | undefined;
  /**
   * On a client: whether the trace context and the baggage are sent, or a function that decides for
   * each call. Default: true.
   */
  readonly propagate?: boolean | ((call: InterceptedCall) => boolean) | undefined;
  /**
   * On a server: `"parent"` makes the call a part of the trace of the caller and takes its baggage.
   * `"link"` starts a trace of its own with a link to that of the caller, and `"ignore"` one
   * without a link; both are for callers that must not choose trace ids, sampling and baggage. A
   * function decides for each call. Default: `"parent"`.
   */
  readonly callerContext?: CallerContext | ((call: InterceptedCall) => CallerContext) | undefined;
}

const callerContexts: readonly unknown[] = ["parent", "link", "ignore"] satisfies CallerContext[];

/**
 * Traces and measures calls with OpenTelemetry, on clients and servers: one span per call, the
 * trace context in the metadata of the request, and metrics (docs/guide/observability.md).
 *
 * The handler runs in the context of the server's span, so that calls that it makes join the trace.
 * The span of a streaming call ends with its stream. Put the interceptor first in a list: spans
 * then cover the others, and retries of a call are one span.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Interceptor {
  checkOptions(options);
  const { propagator = propagation, propagate = true, callerContext = "parent" } = options;
  const currentTracer = madeOnce(
    () => options.tracerProvider ?? trace.getTracerProvider(),
    (provider) => provider.getTracer(SCOPE_NAME, undefined, { schemaUrl: SCHEMA_URL }),
  );
  const currentInstruments = madeOnce(
    () => options.meterProvider ?? metrics.getMeterProvider(),
    (provider) => new CallInstruments(provider),
  );
  return function openTelemetry(call, next) {
    const tracer = currentTracer();
    const instruments = currentInstruments();
    let traced = call;
    let scope = context.active();
    if (call.side === "client") {
      const sent = typeof propagate === "function" ? propagate(call) : propagate;
      scope = startClientSpan(tracer, call, scope);
      if (sent) traced = { ...call, metadata: withTraceContext(call.metadata, scope, propagator) };
    } else {
      const use = typeof callerContext === "function" ? callerContext(call) : callerContext;
      scope = startServerSpan(tracer, call, scope, { use, propagator });
    }
    instruments.started(call, scope);
    const work = (): Promise<unknown> =>
      observeCall(traced, next, (end) => {
        const span = trace.getSpan(scope);
        if (span !== undefined) endSpan(span, call, end);
        instruments.ended(call, end, scope);
      });
    return context.with(scope, work);
  };
}

/** `new OpenTelemetryInterceptor(options)` is {@link openTelemetry}. */
export const OpenTelemetryInterceptor: InterceptorClass<typeof openTelemetry> = interceptorClass(
  "OpenTelemetryInterceptor",
  openTelemetry,
);

/**
 * Returns a function that makes a value from the current provider, and a new one only for another
 * provider: the program may register its own after the interceptor was made.
 */
function madeOnce<P, T>(current: () => P, make: (provider: P) => T): () => T {
  let made: { readonly provider: P; readonly value: T } | undefined;
  return () => {
    const provider = current();
    if (made?.provider !== provider) made = { provider, value: make(provider) };
    return made.value;
  };
}

function checkOptions(options: OpenTelemetryOptions): void {
  checkNames("openTelemetry", options, [
    "tracerProvider",
    "meterProvider",
    "propagator",
    "propagate",
    "callerContext",
  ]);
  const { propagate = true, callerContext = "parent" } = options;
  if (typeof propagate !== "boolean" && typeof propagate !== "function") {
    throw optionError("propagate", "a boolean or a function", propagate);
  }
  if (typeof callerContext !== "function" && !callerContexts.includes(callerContext)) {
    throw optionError("callerContext", '"parent", "link", "ignore" or a function', callerContext);
  }
}
