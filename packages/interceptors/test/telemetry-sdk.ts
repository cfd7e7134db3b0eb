// A real OpenTelemetry SDK that keeps its spans and metrics in memory.
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { type CollectionResult, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

/** Collects when the test asks for it. */
class TestReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** The points of one metric. */
export interface Points {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly { readonly attributes: object; readonly value: unknown }[];
}

export class TelemetrySdk {
  readonly spans: InMemorySpanExporter = new InMemorySpanExporter();
  readonly tracerProvider: TracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: this.spans })],
  });
  readonly #reader = new TestReader();
  readonly meterProvider: MeterProvider = new MeterProvider({ readers: [this.#reader] });
  readonly propagator: CompositePropagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });

  /** Registers the SDK as the global one, until `unregister`. */
  register(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(this.tracerProvider);
    metrics.setGlobalMeterProvider(this.meterProvider);
    propagation.setGlobalPropagator(this.propagator);
  }

  unregister(): void {
    for (const api of [context, trace, metrics, propagation]) api.disable();
  }

  /** The ended spans, in the order of their ends. */
  get ended(): ReadableSpan[] {
    return this.spans.getFinishedSpans();
  }

  /** The metrics of this moment, by name. */
  async collected(): Promise<Record<string, Points>> {
    const { resourceMetrics }: CollectionResult = await this.#reader.collect();
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics: list }) => list);
    return Object.fromEntries(
      all.map(({ descriptor: { name, unit }, dataPoints }) => [
        name,
        {
          name,
          unit,
          points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
        },
      ]),
    );
  }
}
