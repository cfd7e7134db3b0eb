import { type Channel, type ChannelSink, type Connection, ResetCode } from "@aster/transport";
import type { Fault, FaultDirection } from "./fault.ts";
import type { Faults } from "./faults.ts";
import { FaultyChannel } from "./faulty-channel.ts";
import { WrappedConnection } from "./wrapped-connection.ts";

/** A connection with faults between its user and the transport. */
export class FaultyConnection extends WrappedConnection {
  readonly #faults: Faults;
  readonly #frames: Record<FaultDirection, number> = { toServer: 0, toClient: 0 };
  readonly #cut: Record<FaultDirection, boolean> = { toServer: false, toClient: false };
  #streams = 0;

  constructor(inner: Connection, faults: Faults) {
    super(inner);
    this.#faults = faults;
  }

  override open(sink: ChannelSink): Channel {
    const channel = new FaultyChannel(this, this.#nextStream());
    channel.wrap(super.open(channel.sinkFor(sink)));
    return channel;
  }

  override accept(handler: (channel: Channel) => void): void {
    super.accept((inner) => {
      const channel = new FaultyChannel(this, this.#nextStream());
      channel.wrap(inner);
      handler(channel);
    });
  }

  /** A fault has cut this direction of the whole connection. */
  isCut(direction: FaultDirection): boolean {
    return this.#cut[direction];
  }

  /** Returns the fault of the next frame of a stream. */
  decide(direction: FaultDirection, stream: number, frame: number): Fault | undefined {
    const frameOfConnection = this.#frames[direction];
    this.#frames[direction] += 1;
    const fault = this.#faults.decide({ direction, stream, frame, frameOfConnection });
    if (fault?.do === "drop" && fault.of === "connection") this.#cut[direction] = true;
    if (fault?.do === "close") {
      this.close(ResetCode.InternalError, "closed by a fault");
      // otherwise frames that are on their way would still be delivered
      this.#cut.toServer = true;
      this.#cut.toClient = true;
    }
    return fault;
  }

  #nextStream(): number {
    this.#streams += 1;
    return this.#streams - 1;
  }
}
