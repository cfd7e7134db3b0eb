import { statusName } from "@aster/rpc";
import type { CallEnd, InterceptedCall } from "@aster/rpc/interceptor";
import type { Context, Counter, Histogram, Meter, MeterProvider } from "@opentelemetry/api";
import { durationAttributes, SCHEMA_URL, SCOPE_NAME } from "./call-attributes.ts";

/** The buckets, in seconds, that the conventions recommend for durations of calls. */
const explicitBucketBoundaries = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const MS_PER_S = 1_000;

/** The instruments of one meter provider. */
export class CallInstruments {
  readonly #started: Counter;
  readonly #completed: Counter;
  readonly #duration: Histogram;
  readonly #clientDuration: Histogram;
  readonly #serverDuration: Histogram;

  constructor(provider: MeterProvider) {
    const meter = provider.getMeter(SCOPE_NAME, undefined, { schemaUrl: SCHEMA_URL });
    this.#started = meter.createCounter("aster.rpc.started", {
      description: "RPC calls started",
      unit: "{call}",
    });
    this.#completed = meter.createCounter("aster.rpc.completed", {
      description: "RPC calls completed, by status",
      unit: "{call}",
    });
    this.#duration = histogram(meter, "aster.rpc.duration", "Durations of RPC calls");
    this.#clientDuration = histogram(
      meter,
      "rpc.client.call.duration",
      "Measures the duration of an outgoing Remote Procedure Call (RPC).",
    );
    this.#serverDuration = histogram(
      meter,
      "rpc.server.call.duration",
      "Measures the duration of an incoming Remote Procedure Call (RPC).",
    );
  }

  started({ side, service, method, pattern }: InterceptedCall, scope: Context): void {
    this.#started.add(1, { side, service, method, pattern }, scope);
  }

  ended(call: InterceptedCall, { code, durationMs }: CallEnd, scope: Context): void {
    const { side, service, method } = call;
    const durationS = durationMs / MS_PER_S;
    this.#completed.add(1, { side, service, method, status: statusName(code) }, scope);
    this.#duration.record(durationS, { side, service, method }, scope);
    const duration = side === "client" ? this.#clientDuration : this.#serverDuration;
    duration.record(durationS, durationAttributes(call, code), scope);
  }
}

function histogram(meter: Meter, name: string, description: string): Histogram {
  return meter.createHistogram(name, {
    description,
    unit: "s",
    advice: { explicitBucketBoundaries },
  });
}
