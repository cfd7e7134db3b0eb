import type { RpcLimits } from "@aster/rpc";
import type { RawPart } from "./raw-part.ts";
import type { CallExpectation, Only, Setup } from "./row.ts";
import type { MethodName } from "./service.ts";

/** How a server's answer to a raw peer ends; `"refused"`: the dial fails already, or the connection ends at once. */
export type RawEnding = "ended" | "reset" | "closed" | "refused";

/** A raw peer says something to our server, on memory and QUIC. The connection must be as good as before afterwards. */
export interface RawClientRow {
  readonly kind: "rawClient";
  readonly suite: string;
  readonly name: string;
  /** What is dialled. Default: that of calls. */
  readonly alpn?: string;
  readonly parts: readonly RawPart[];
  readonly setup?: Setup;
  readonly only?: Only;
  readonly expect: {
    /** Of the first trailer; `undefined`: there must be none. */
    readonly code: number | undefined;
    readonly message?: string;
    readonly details?: Readonly<Record<string, string>>;
    /** Payloads of the replies, as text. */
    readonly replies?: readonly string[];
    /** All that is heard: payloads of replies as text, statuses as "<code> <message>"; with "…" at the end that much of it. */
    readonly frames?: readonly string[];
    /** Which replies were compressed. */
    readonly compressed?: readonly boolean[];
    /** Default `"ended"`. */
    readonly ending?: RawEnding;
  };
}

/** A client of ours calls a raw peer that answers so. */
export interface RawServerRow {
  readonly kind: "rawServer";
  readonly suite: string;
  readonly name: string;
  readonly method: MethodName;
  /** What is said once the call's first bytes are there. */
  readonly parts: readonly RawPart[];
  /** Of the client. */
  readonly limits?: Partial<RpcLimits>;
  readonly only?: Only;
  readonly expect: Pick<CallExpectation, "code" | "message" | "details" | "replies">;
}
