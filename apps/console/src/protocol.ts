// The messages between the page and the bridge in `aster console`, each a JSON text on one
// WebSocket. Requests and replies are JSON texts inside of them, so that numbers keep their digits.
import { z } from "zod";

const id = z.int().min(1);
const json = z.string().max(16 * 1024 * 1024);
const name = z.string().max(1000);

/** A message of the page. */
export const pageMessage = z.discriminatedUnion("type", [
  /** Connects to a peer instead of the present one. */
  z.strictObject({ type: z.literal("connect"), address: z.string().min(1).max(10_000) }),
  /** Begins a call. Streams of requests follow as `send`. */
  z.strictObject({
    type: z.literal("call"),
    id,
    service: name,
    method: name,
    pattern: z.enum(["unary", "server_stream", "client_stream", "bidi_stream"]),
    session: id.optional(),
    request: json.optional(),
    metadata: z
      .array(z.tuple([name, z.string().max(100_000)]).readonly())
      .max(1000)
      .readonly(),
    timeoutMs: z.number().positive().max(86_400_000).optional(),
    /** The number of replies that the page takes before it grants more. */
    credit: z.int().min(1).max(100_000),
  }),
  /** Sends one request of a stream. */
  z.strictObject({ type: z.literal("send"), id, request: json }),
  /** Ends the requests of a call. */
  z.strictObject({ type: z.literal("end"), id }),
  z.strictObject({ type: z.literal("cancel"), id }),
  /** Grants further replies. A paused call is not read, so that its sender waits. */
  z.strictObject({
    type: z.literal("flow"),
    id,
    credit: z.int().min(0).max(100_000),
    paused: z.boolean(),
  }),
  z.strictObject({ type: z.literal("openSession"), session: id, service: name }),
  z.strictObject({ type: z.literal("closeSession"), session: id }),
  /** Begins or ends the messages `metrics`. */
  z.strictObject({ type: z.literal("watch"), on: z.boolean() }),
]);

export type PageMessage = z.output<typeof pageMessage>;
export type CallMessage = Extract<PageMessage, { type: "call" }>;
export type Pattern = CallMessage["pattern"];

/** An error as the command prints it. */
export interface ErrorView {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly hint: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** A declared error of the method. */
  readonly declared?: { readonly type: string; readonly data: unknown } | undefined;
}

/** A JSON Schema of draft 2020-12, as far as the contracts of Aster use it. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly contentEncoding?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface MethodView {
  readonly name: string;
  readonly pattern: Pattern;
  /** The tags of the wire types. */
  readonly requestType: string;
  readonly responseType: string;
  readonly request: Schema;
  readonly response: Schema;
  readonly timeoutSeconds: number | null;
  readonly idempotent: boolean;
  /** The roles that a caller needs, as text; empty if the peer names none. */
  readonly requires: string;
  /** `false` if the presented credential lacks them. */
  readonly permitted: boolean;
}

export interface ServiceView {
  readonly name: string;
  readonly version: number;
  readonly contractId: string;
  readonly scoped: string;
  readonly modes: readonly string[];
  /** Empty if the peer does not describe the service. */
  readonly methods: readonly MethodView[];
  readonly described: boolean;
}

export type PeerView =
  | { readonly state: "none" }
  | { readonly state: "connecting"; readonly address: string }
  | { readonly state: "failed"; readonly address: string; readonly error: ErrorView }
  | {
      readonly state: "connected";
      readonly address: string;
      readonly endpointId: string;
      readonly services: readonly ServiceView[];
    };

/** The counts of a peer at one time. Counters only grow. */
export interface MetricsView {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly started: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly streams: number;
  readonly sessions: number;
  readonly connections: number;
  /** Cumulative counts of the durations in seconds, as in Prometheus; empty without a histogram. */
  readonly buckets: readonly (readonly [upTo: number, count: number])[];
}

/** A message of the bridge. */
export type BridgeMessage =
  | {
      readonly type: "welcome";
      readonly version: string;
      /** The options of the command line that calls of the same peer need. */
      readonly options: readonly string[];
      /** The bridge reads metrics of the peer. */
      readonly metrics: boolean;
    }
  | { readonly type: "peer"; readonly peer: PeerView }
  | { readonly type: "reply"; readonly id: number; readonly reply: string }
  /** The call took a request of its stream. */
  | { readonly type: "taken"; readonly id: number }
  /** A request of the stream was not sent. The call goes on. */
  | { readonly type: "refused"; readonly id: number; readonly error: ErrorView }
  | {
      readonly type: "ended";
      readonly id: number;
      readonly durationMs: number;
      /** Absent for the status OK. */
      readonly error?: ErrorView | undefined;
    }
  | { readonly type: "session"; readonly session: number; readonly state: "open" | "closed" }
  | {
      readonly type: "session";
      readonly session: number;
      readonly state: "failed";
      readonly error: ErrorView;
    }
  | { readonly type: "metrics"; readonly metrics: MetricsView }
  | { readonly type: "metricsFailed"; readonly message: string };
