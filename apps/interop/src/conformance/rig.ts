import type { Connection } from "@aster/transport";
import type { Observer } from "./observer.ts";
import type { Outcome } from "./outcome.ts";
import type { CallRow } from "./row.ts";

/** A client and a server that rows are run on. */
export interface Rig extends AsyncDisposable {
  /** Who the server has to believe it talks to. */
  readonly clientId: string;
  /** Where our handlers tell what they noticed; `undefined` where the server is another. */
  readonly observer: Observer | undefined;
  /** Makes the call of a row, under this tag. Never rejects. */
  call(row: CallRow, tag: string): Promise<Outcome>;
  /** A connection of bytes to the server; for calls the same one every time, on another ALPN one that the caller closes. */
  raw?(alpn?: string): Promise<Connection>;
  /** The same server, with a client of its own. */
  fresh?(): Promise<Rig>;
}
