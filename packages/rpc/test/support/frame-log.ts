// Logs the frames of a connection in both directions, without the bytes of trailers.
import type { Channel, ChannelSink, Connection } from "@aster/transport";

export interface LoggedFrame {
  readonly from: "client" | "server";
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Wraps a connection and logs the frames of its channels. */
export function logged(connection: Connection, frames: LoggedFrame[]): Connection {
  return new Proxy(connection, {
    get(target, key) {
      if (key === "open") return (sink: ChannelSink) => opened(target, sink, frames);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function opened(connection: Connection, sink: ChannelSink, frames: LoggedFrame[]): Channel {
  const channel = connection.open({
    frame(flags, payload) {
      frames.push({ from: "server", flags, payload: payload.slice() });
      sink.frame(flags, payload);
    },
    end: () => sink.end(),
    malformed: (error) => sink.malformed(error),
    stopped: (code) => sink.stopped(code),
    closed: (error) => sink.closed(error),
  });
  const send = channel.send.bind(channel);
  channel.send = (flags, payload, end) => {
    frames.push({ from: "client", flags, payload: payload.slice() });
    return send(flags, payload, end);
  };
  return channel;
}
