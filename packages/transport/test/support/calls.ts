import type { Channel, Connection } from "../../src/index.ts";

/** Makes a unary call. Resolves with the number of bytes that came back. */
export function call(connection: Connection, payload: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const channel = connection.open({
      frame(_flags, frame) {
        bytes += frame.length;
      },
      end: () => resolve(bytes),
      malformed: reject,
      stopped: () => {},
      closed: reject,
    });
    channel.send(0, payload, true);
  });
}

/** Echoes every frame. Ignores back-pressure, because the callers send little. */
export function answer(channel: Channel): void {
  channel.read({
    frame(flags, frame) {
      channel.send(flags, frame);
    },
    end: () => channel.end(),
    malformed: () => channel.end(),
    stopped: () => {},
    closed: () => {},
  });
}
