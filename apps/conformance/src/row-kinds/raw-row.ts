import type { RpcLimits } from "@aster/rpc/server";
import type { MethodName } from "../service/definitions.ts";
import type { CallExpectation } from "./expectation.ts";
import type { RawPart } from "./raw-part.ts";
import type { Only, Setup } from "./setup.ts";

/**
 * The way in which a server ends the answer to a raw peer. `"refused"`: the dial fails, or the
 * connection ends at once.
 */
export type RawEnding = "ended" | "reset" | "closed" | "refused";

/**
 * A raw peer sends bytes to a TypeScript server, over memory and QUIC. The connection must still
 * carry calls afterwards, unless it is expected to close.
 */
export interface RawClientRow {
  readonly kind: "rawClient";
  readonly suite: string;
  readonly name: string;
  /** The protocol to dial. Default: the protocol of calls. */
  readonly alpn?: string;
  readonly parts: readonly RawPart[];
  readonly setup?: Setup;
  readonly only?: Only;
  readonly expect: {
    /** The code in the first trailer; `undefined`: there must be no trailer. */
    readonly code: number | undefined;
    readonly message?: string;
    readonly details?: Readonly<Record<string, string>>;
    /** The payloads of the replies, as text. */
    readonly replies?: readonly string[];
    /**
     * All received frames: payloads of replies as text, statuses as `<code> <message>`. A text that
     * ends in `…` is compared up to there.
     */
    readonly frames?: readonly string[];
    /** The compression of each reply. */
    readonly compressed?: readonly boolean[];
    /** Default: `"ended"`. */
    readonly ending?: RawEnding;
  };
}

/** A TypeScript client calls a raw peer that answers with these parts. */
export interface RawServerRow {
  readonly kind: "rawServer";
  readonly suite: string;
  readonly name: string;
  readonly method: MethodName;
  /** Sent once the first bytes of the call have arrived. */
  readonly parts: readonly RawPart[];
  /** The client's limits. */
  readonly limits?: Partial<RpcLimits>;
  readonly only?: Only;
  readonly expect: Pick<CallExpectation, "code" | "message" | "details" | "replies">;
}
