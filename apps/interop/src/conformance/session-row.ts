import type { Findings } from "./findings.ts";
import type { RequestFields } from "./messages.ts";
import type { Rig } from "./rig.ts";
import type { Only, Setup } from "./row.ts";
import type { OpenSession } from "./session-call.ts";

/** What a row about sessions has to play with. */
export interface SessionRoom {
  readonly rig: Rig;
  /** A name for a session that nobody else has. */
  tag(): string;
  open(): Promise<OpenSession>;
  /** How often the sessions under a tag were closed, once it has happened or some seconds are over. */
  closesOf(tag: string): Promise<number>;
}

/** Several calls in one session or more. */
export interface SessionRow {
  readonly kind: "session";
  readonly suite: string;
  readonly name: string;
  readonly setup?: Setup;
  readonly only?: Only;
  /** Plays it; what is wrong goes into `findings`. Everything it opens, it closes. */
  play(room: SessionRoom, findings: Findings): Promise<void>;
}

/** One addition to the state of a session: how many there were so far, and their bytes. */
export async function counted(
  session: OpenSession,
  fields: RequestFields,
): Promise<readonly [calls: number, bytes: number]> {
  const { items, bytes } = await session.count(fields);
  return [items, bytes];
}
