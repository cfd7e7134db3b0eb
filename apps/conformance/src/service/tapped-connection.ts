import { WrappedChannel, WrappedConnection } from "@aster/rpc/testing";
import type { Channel, ChannelSink } from "@aster/transport";
import { currentFrames, type FrameFlags } from "./observer.ts";

/** A server's connection that records the flags of all frames and passes them to the handlers. */
export class TappedConnection extends WrappedConnection {
  override accept(handler: (channel: Channel) => void): void {
    super.accept((channel) => handler(new TappedChannel(channel, this)));
  }
}

class TappedChannel extends WrappedChannel {
  readonly #frames: FrameFlags = { read: [], written: [] };

  override read(sink: ChannelSink): void {
    const frames = this.#frames;
    super.read({
      frame: (flags, payload) => {
        frames.read.push(flags);
        currentFrames.run(frames, () => sink.frame(flags, payload));
      },
      end: () => currentFrames.run(frames, () => sink.end()),
      malformed: (error) => sink.malformed(error),
      stopped: (code) => sink.stopped(code),
      closed: (error) => sink.closed(error),
    });
  }

  override send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    this.#frames.written.push(flags);
    return super.send(flags, payload, end);
  }
}
