import { type Channel, type ChannelSink, ResetCode, TransportError } from "@aster/transport";
import type { LocalConnection } from "./local-connection.ts";
import { deliverSoon, type LocalTurn } from "./local-turns.ts";

interface Frame {
  readonly flags: number;
  readonly payload: Uint8Array;
}

const WINDOW_FRAMES = 256;
const WINDOW_BYTES = 256 * 1024;

/** One end of a channel within one program. What one end sends is told to the other in a later microtask. */
export class LocalChannel implements Channel, LocalTurn {
  readonly connection: LocalConnection;
  /** Belongs to the connection. */
  slot = -1;
  #other!: LocalChannel;
  #sink: ChannelSink | undefined;
  #inbox: Frame[] = [];
  #inboxBytes = 0;
  #waiting: (() => void)[] = [];
  #paused = false;
  #due = false;
  #ended = false;
  #endTold = false;
  #stopCode: number | undefined;
  #loss: TransportError | undefined;
  #over = false;

  private constructor(connection: LocalConnection) {
    this.connection = connection;
    connection.keep(this);
  }

  static pair(mine: LocalConnection, theirs: LocalConnection): [LocalChannel, LocalChannel] {
    const here = new LocalChannel(mine);
    const there = new LocalChannel(theirs);
    here.#other = there;
    there.#other = here;
    return [here, there];
  }

  read(sink: ChannelSink): void {
    this.#sink = sink;
    this.#schedule();
  }

  send(flags: number, payload: Uint8Array, end = false): boolean {
    const other = this.#other;
    if (this.#over || other.#over || other.#ended || other.#endTold) return true;
    const kept = this.connection.passesValues ? payload : copy(payload);
    other.#inbox.push({ flags, payload: kept });
    other.#inboxBytes += payload.length;
    other.#ended = end;
    other.#schedule();
    return other.#hasRoom();
  }

  end(): void {
    if (this.#over) return;
    this.#other.#ended = true;
    this.#other.#schedule();
  }

  drained(): Promise<void> {
    const other = this.#other;
    if (this.#over || other.#over || other.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => other.#waiting.push(resolve));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  reset(code: number): void {
    if (this.#over) return;
    const other = this.#other;
    this.#finish();
    const text = `the other side reset the channel with code ${code}`;
    other.lose(new TransportError("reset", text, { applicationCode: code }));
  }

  stop(code: number): void {
    if (this.#over) return;
    this.#endTold = true;
    this.#clear();
    this.#other.#stopCode = code;
    this.#other.#schedule();
  }

  lose(error: TransportError): void {
    if (this.#over || this.#loss !== undefined) return;
    this.#loss = error;
    this.#schedule();
  }

  deliver(): void {
    this.#due = false;
    if (this.#over || this.#sink === undefined) return;
    try {
      this.#tell(this.#sink);
    } catch {
      this.reset(ResetCode.InternalError);
    }
  }

  #hasRoom(): boolean {
    return this.#inbox.length < WINDOW_FRAMES && this.#inboxBytes < WINDOW_BYTES;
  }

  #schedule(): void {
    if (this.#due || this.#over || this.#sink === undefined) return;
    this.#due = true;
    deliverSoon(this);
  }

  #tell(sink: ChannelSink): void {
    if (this.#loss !== undefined) {
      this.#finish();
      sink.closed(this.#loss);
      return;
    }
    const stopCode = this.#stopCode;
    this.#stopCode = undefined;
    if (stopCode !== undefined) sink.stopped(stopCode);
    for (let left = this.#inbox.length; left > 0 && !this.#paused && !this.#over; left -= 1) {
      const frame = this.#inbox.shift();
      if (frame === undefined || this.#endTold) break;
      this.#inboxBytes -= frame.payload.length;
      if (this.#hasRoom()) this.#giveRoom();
      sink.frame(frame.flags, frame.payload);
    }
    if (this.#over || this.#paused) return;
    if (this.#inbox.length > 0) this.#schedule();
    else if (this.#ended && !this.#endTold) {
      this.#endTold = true;
      sink.end();
    }
    if (this.#endTold && this.#other.#endTold) {
      this.#other.#finish();
      this.#finish();
    }
  }

  #giveRoom(): void {
    if (this.#waiting.length === 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #clear(): void {
    this.#inbox = [];
    this.#inboxBytes = 0;
    this.#giveRoom();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#clear();
    this.connection.forget(this);
  }
}

/** From the pool that Node keeps for small buffers; readers keep no view of it. */
function copy(payload: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(payload.length);
  bytes.set(payload);
  return bytes;
}
