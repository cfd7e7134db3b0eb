import { WrappedChannel, WrappedConnection } from "@aster/rpc/testing";
import type { Channel, ChannelSink, Connection } from "@aster/transport";
import type { Frame, Tamper, TamperMaker } from "./tamper.ts";

/** One side of a connection whose channels are tampered with. */
export class TamperedConnection extends WrappedConnection {
  readonly #maker: TamperMaker;

  constructor(inner: Connection, maker: TamperMaker) {
    super(inner);
    this.#maker = maker;
  }

  override open(sink: ChannelSink): Channel {
    const tamper = this.#maker();
    return new TamperedChannel(super.open(tamperedSink(sink, tamper)), this, tamper);
  }

  override accept(handler: (channel: Channel) => void): void {
    super.accept((channel) => handler(new TamperedChannel(channel, this, this.#maker())));
  }
}

function tamperedSink(sink: ChannelSink, tamper: Tamper): ChannelSink {
  const deliver = (frames: readonly Frame[]) => {
    for (const { flags, payload } of frames) sink.frame(flags, payload);
  };
  const end = () => {
    if (tamper.neverEnds) return;
    deliver(tamper.beforeEnd?.() ?? []);
    sink.end();
  };
  return {
    frame(flags, payload) {
      const frame = { flags, payload };
      deliver(tamper.receive?.(frame) ?? [frame]);
    },
    end,
    malformed(error) {
      if (tamper.alwaysEnds) end();
      else sink.malformed(error);
    },
    stopped(code) {
      if (!tamper.hidesAborts) sink.stopped(code);
    },
    closed(error) {
      if (tamper.alwaysEnds) end();
      else if (!tamper.hidesAborts) sink.closed(error);
    },
  };
}

class TamperedChannel extends WrappedChannel {
  readonly #tamper: Tamper;

  constructor(inner: Channel, connection: Connection, tamper: Tamper) {
    super(inner, connection);
    this.#tamper = tamper;
  }

  override read(sink: ChannelSink): void {
    super.read(tamperedSink(sink, this.#tamper));
  }

  override send(flags: number, payload: Uint8Array, end = false): boolean {
    const frame = { flags, payload };
    let hasCapacity = true;
    for (const one of this.#tamper.send?.(frame) ?? [frame]) {
      hasCapacity = super.send(one.flags, one.payload);
    }
    if (end) super.end();
    return hasCapacity;
  }
}
