import type { Connection } from "@aster/transport";
import type { Observer } from "./observer.ts";
import type { Outcome } from "./outcome.ts";
import type { CallRow } from "./row.ts";
import type { OpenSession } from "./session-call.ts";
import type { SessionLog } from "./session-log.ts";

/** A client and a server that rows are run on. */
export interface Rig extends AsyncDisposable {
  /** Who the server has to believe it talks to. */
  readonly clientId: string;
  /** Where our handlers tell what they noticed; `undefined` where the server is another. */
  readonly observer: Observer | undefined;
  /** Where sessions tell that they are over. */
  readonly sessions: Pick<SessionLog, "closesOf">;
  /** Makes the call of a row, under this tag, and in a session under `sessionTag` where the row says so. Never rejects. */
  call(row: CallRow, tag: string, sessionTag: string): Promise<Outcome>;
  /** Opens a session with a client of ours. */
  openSession?(): Promise<OpenSession>;
  /** A connection of bytes to the server; for calls the same one every time, on another ALPN one that the caller closes. */
  raw?(alpn?: string): Promise<Connection>;
  /** The same server, with a client of its own. */
  fresh?(): Promise<Rig>;
}
