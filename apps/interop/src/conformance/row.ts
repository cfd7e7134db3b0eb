import type { RpcLimits } from "@aster/rpc";
import type { InterceptorName } from "./interceptors.ts";
import type { RawClientRow, RawServerRow } from "./raw-row.ts";
import type { ScenarioRow } from "./scenario-row.ts";
import type { SceneRow } from "./scene-row.ts";
import type { MethodName } from "./service.ts";
import type { SessionRow } from "./session-row.ts";
import type { Step } from "./steps.ts";

export type PairList = readonly (readonly [key: string, value: string])[];
/** What a caller sends along: bytes go under keys that end in `-bin`. */
export type MetadataList = readonly (readonly [key: string, value: string | Uint8Array])[];
export type Range = readonly [from: number, to: number];

/** How a row's two sides are set up, where that differs from the defaults. Rows with the same setup share it. */
export interface Setup {
  readonly serverLimits?: Partial<RpcLimits>;
  readonly clientLimits?: Partial<RpcLimits>;
  readonly serverInterceptors?: readonly InterceptorName[];
  readonly clientInterceptors?: readonly InterceptorName[];
}

/** What one reply has to be; what is not said here is not looked at. */
export interface ReplyExpectation {
  /** As text. */
  readonly payload?: string;
  /** So many made-up bytes. */
  readonly zeros?: number;
  readonly noise?: number;
  readonly items?: number;
  readonly bytes?: number;
  readonly metadata?: PairList;
  readonly remainingMs?: Range;
  /** The caller's own endpoint id. */
  readonly peer?: "client";
  readonly roles?: readonly string[];
}

export interface CallExpectation {
  readonly code: number;
  /** All of it. */
  readonly message?: string;
  /** The message says "internal error" and an id, nothing else. */
  readonly concealed?: true;
  /** All of them. */
  readonly details?: Readonly<Record<string, string>>;
  /** The pairs that came with the status, error details first; all of them. */
  readonly trailer?: PairList;
  /** All that arrived, in order, before the call ended. */
  readonly replies?: readonly ReplyExpectation[];
  /** From the first step to the end. */
  readonly ms?: Range;
  /** What is asked of our server, where it is ours. */
  readonly server?: {
    /** How often the handler was called. */
    readonly calls?: number;
    /** The handler's signal fired. */
    readonly aborted?: boolean;
    /** Which messages were compressed on the wire. */
    readonly read?: readonly boolean[];
    readonly written?: readonly boolean[];
  };
}

/** Which targets a row means something to. */
export interface Only {
  readonly mode?: "xlang" | "json";
  readonly zstd?: boolean;
  readonly transport?: readonly ("memory" | "quic" | "local")[];
}

/** One or more equal calls, step by step. */
export interface CallRow {
  readonly kind: "call";
  readonly suite: string;
  readonly name: string;
  readonly method: MethodName;
  readonly steps: readonly Step[];
  readonly timeoutMs?: number;
  readonly metadata?: MetadataList;
  /** The call is made in a session, which is as good as before afterwards, or over. */
  readonly session?: "kept" | "ended";
  readonly setup?: Setup;
  /** The call is made so often (`quick` times unless the full run is asked for), and each has to be as expected. */
  readonly repeat?: {
    readonly times: number;
    readonly quick: number;
    readonly at: "once" | "inTurn";
    /** Each on a connection of its own. */
    readonly fresh?: boolean;
  };
  readonly only?: Only;
  readonly expect: CallExpectation;
}

export type Row = CallRow | RawClientRow | RawServerRow | ScenarioRow | SceneRow | SessionRow;

/** `suite/name`. */
export function titleOf({ suite, name }: Row): string {
  return `${suite}/${name}`;
}

/** The rows of a suite, all of them calls. */
export function callRows(
  suite: string,
  rows: readonly Omit<CallRow, "kind" | "suite">[],
): CallRow[] {
  return rows.map((row) => ({ kind: "call", suite, ...row }));
}
