import { WrappedChannel, WrappedConnection } from "@aster/rpc/testing";
import type { Channel, ChannelSink } from "@aster/transport";
import { currentWire, type Wire } from "./observer.ts";

/** A server's side of a connection, that notes the flags of what goes by and tells them to the handlers. */
export class TappedConnection extends WrappedConnection {
  override accept(handler: (channel: Channel) => void): void {
    super.accept((channel) => handler(new TappedChannel(channel, this)));
  }
}

class TappedChannel extends WrappedChannel {
  readonly #wire: Wire = { read: [], written: [] };

  override read(sink: ChannelSink): void {
    const wire = this.#wire;
    super.read({
      frame: (flags, payload) => {
        wire.read.push(flags);
        currentWire.run(wire, () => sink.frame(flags, payload));
      },
      end: () => currentWire.run(wire, () => sink.end()),
      malformed: (error) => sink.malformed(error),
      stopped: (code) => sink.stopped(code),
      closed: (error) => sink.closed(error),
    });
  }

  override send(flags: number, payload: Uint8Array, end?: boolean): boolean {
    this.#wire.written.push(flags);
    return super.send(flags, payload, end);
  }
}
