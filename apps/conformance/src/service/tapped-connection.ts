import { zstdDecompressSync } from "node:zlib";
import { WrappedChannel, WrappedConnection } from "@aster/rpc/testing";
import { type Channel, type ChannelSink, type Connection, FrameFlag } from "@aster/transport";
import { type FrameFlags, type Observer, tagIn } from "./observer.ts";

/** Flags that only frames without a message have. */
const NOT_MESSAGES = ~FrameFlag.Compressed;

/**
 * A server's connection that records the flags of all frames. The observer gets the frames of a
 * channel under the tag in its requests.
 */
export class TappedConnection extends WrappedConnection {
  readonly #observer: Observer;

  constructor(connection: Connection, observer: Observer) {
    super(connection);
    this.#observer = observer;
  }

  override accept(handler: (channel: Channel) => void): void {
    super.accept((channel) => handler(new TappedChannel(channel, this, this.#observer)));
  }
}

class TappedChannel extends WrappedChannel {
  readonly #frames: FrameFlags = { read: [], written: [] };
  readonly #observer: Observer;
  #tagged = false;

  constructor(channel: Channel, connection: Connection, observer: Observer) {
    super(channel, connection);
    this.#observer = observer;
  }

  override read(sink: ChannelSink): void {
    super.read({
      frame: (flags, payload) => {
        this.#frames.read.push(flags);
        if (!this.#tagged && (flags & NOT_MESSAGES) === 0) this.#findTag(flags, payload);
        sink.frame(flags, payload);
      },
      end: () => sink.end(),
      malformed: (error) => sink.malformed(error),
      stopped: (code) => sink.stopped(code),
      closed: (error) => sink.closed(error),
    });
  }

  override send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    this.#frames.written.push(flags);
    return super.send(flags, payload, end);
  }

  #findTag(flags: number, payload: Uint8Array): void {
    const plain = (flags & FrameFlag.Compressed) === 0 ? payload : inflated(payload);
    const tag = tagIn(plain);
    if (tag === undefined) return;
    this.#tagged = true;
    this.#observer.of(tag).frames = this.#frames;
  }
}

/** Some rows send bytes that are not zstd. */
function inflated(payload: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(payload, { maxOutputLength: 2 ** 22 });
  } catch {
    return new Uint8Array();
  }
}
