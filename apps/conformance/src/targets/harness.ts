import type { Connection } from "@aster/transport";
import type { Outcome } from "../client/outcome.ts";
import type { CallRow } from "../row-kinds/call-row.ts";
import type { OpenSession } from "../service/definitions.ts";
import type { Observer } from "../service/observer.ts";
import type { SessionLog } from "../service/session-handlers.ts";

/** A client and a server under test. */
export interface Harness extends AsyncDisposable {
  /** The endpoint id that the server must report for the client. */
  readonly clientId: string;
  /** The observations of the handlers; `undefined` for servers that are not TypeScript. */
  readonly observer: Observer | undefined;
  /** The closed sessions of the server. */
  readonly sessions: Pick<SessionLog, "closesOf">;
  /**
   * Makes a row's call under a tag; if the row has a session, in a session under `sessionTag`.
   * Never rejects.
   */
  call(row: CallRow, tag: string, sessionTag: string): Promise<Outcome>;
  /** Opens a session with the TypeScript client. */
  openSession?(): Promise<OpenSession>;
  /**
   * Returns a connection of bytes to the server. Calls share one connection; the caller closes a
   * connection with another protocol.
   */
  raw?(alpn?: string): Promise<Connection>;
  /** Returns a harness with a new client and the same server. */
  fresh?(): Promise<Harness>;
}
