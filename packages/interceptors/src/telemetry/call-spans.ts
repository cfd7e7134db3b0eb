import type { CallEnd, InterceptedCall } from "@aster/rpc/interceptor";
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import {
  messageAttributes,
  methodOf,
  startAttributes,
  statusAttributes,
} from "./call-attributes.ts";
import { receivedContext } from "./trace-context.ts";

/** The way in which a server uses the trace context that a caller sent. */
export type CallerContext = "parent" | "link" | "ignore";

/** The longest description of a status. Longer ones are cut. */
const MOST_DESCRIPTION_CHARS = 256;

/** Starts the span of a call that this program makes. Returns the context of the call. */
export function startClientSpan(tracer: Tracer, call: InterceptedCall, active: Context): Context {
  return started(tracer, call, { kind: SpanKind.CLIENT }, active);
}

/** Starts the span of a call that this program answers. Returns the context of the call. */
export function startServerSpan(
  tracer: Tracer,
  call: InterceptedCall,
  active: Context,
  received: { readonly use: CallerContext; readonly propagator: TextMapPropagator },
): Context {
  const kind = SpanKind.SERVER;
  const { use, propagator } = received;
  if (use === "parent") {
    return started(tracer, call, { kind }, receivedContext(call.metadata, active, propagator));
  }
  const caller =
    use === "link"
      ? trace.getSpanContext(receivedContext(call.metadata, ROOT_CONTEXT, propagator))
      : undefined;
  const links = caller === undefined ? [] : [{ context: caller }];
  return started(tracer, call, { kind, root: true, links }, active);
}

function started(
  tracer: Tracer,
  call: InterceptedCall,
  options: SpanOptions,
  parent: Context,
): Context {
  const attributes = startAttributes(call);
  return trace.setSpan(
    parent,
    tracer.startSpan(methodOf(call), { ...options, attributes }, parent),
  );
}

/** Ends the span of a call. */
export function endSpan(span: Span, call: InterceptedCall, end: CallEnd): void {
  if (span.isRecording()) {
    const attributes = statusAttributes(call, end.code);
    span.setAttributes({ ...attributes, ...messageAttributes(end) });
    if ("error.type" in attributes) {
      const message = end.error?.rawMessage.slice(0, MOST_DESCRIPTION_CHARS) ?? "";
      span.setStatus({ code: SpanStatusCode.ERROR, message });
    }
  }
  span.end();
}
