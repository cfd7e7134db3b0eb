import { randomBytes } from "node:crypto";
import { RpcError } from "../error.ts";
import { StatusCode } from "../status.ts";

/** A mistake on our side of a call, for our own log. The caller learns the `errorId` and nothing else of it. */
export interface ServerFault {
  /** 16 hex characters; stands in the message the caller gets. */
  readonly errorId: string;
  readonly service: string;
  readonly method: string;
  readonly peer: string;
  /** What was thrown. */
  readonly cause: unknown;
}

/** What the caller is told instead. */
export interface ConcealedFault {
  readonly errorId: string;
  readonly error: RpcError;
}

/** Hides an exception that no handler meant to send: its text may hold what is not for the peer. */
export function concealException(code: StatusCode): ConcealedFault {
  const errorId = newErrorId();
  return { errorId, error: new RpcError(code, `internal error [${errorId}]`) };
}

/** The response does not fit its type. */
export function concealResponse(title: string): ConcealedFault {
  const errorId = newErrorId();
  const text = `the handler of ${title} returned what its response type does not allow [${errorId}]`;
  return { errorId, error: new RpcError(StatusCode.INTERNAL, text) };
}

/** 16 hex characters that name one fault in the log and to the caller. */
export function newErrorId(): string {
  return randomBytes(8).toString("hex");
}
