import type { Findings } from "../check/findings.ts";
import type { OpenSession } from "../service/definitions.ts";
import type { RequestFields } from "../service/messages.ts";
import type { Only, Setup } from "./setup.ts";

/** The operations that a session row can use. */
export interface SessionContext {
  /** Returns a tag that no other session has. */
  tag(): string;
  /** Opens a session. The run closes it when the row has ended. */
  open(): Promise<OpenSession>;
  /** Runs `use` with a connection of its own, on which it can open sessions, and closes it. */
  withOwnConnection(use: (open: () => Promise<OpenSession>) => Promise<void>): Promise<void>;
  /** Waits until a session with this tag is closed; returns the number of such sessions. */
  closesOf(tag: string): Promise<number>;
  /** Returns the number of closed sessions with this tag without waiting. */
  closesSoFar(tag: string): number;
}

/** Several calls in one or more sessions. */
export interface SessionRow {
  readonly kind: "session";
  readonly suite: string;
  readonly name: string;
  readonly setup?: Setup;
  readonly only?: Only;
  /** Runs the calls and adds every deviation to `findings`. */
  run(context: SessionContext, findings: Findings): Promise<void>;
}

/** Calls `count` in a session; returns the number of such calls so far and their bytes. */
export async function counted(
  session: OpenSession,
  fields: RequestFields,
): Promise<readonly [calls: number, bytes: number]> {
  const { items, bytes } = await session.count(fields);
  return [items, bytes];
}
