import type { Channel, Connection } from "../src/index.ts";

/** One unary call; the fulfilled value is how many bytes came back. */
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

/** Sends back what comes, and waits for nobody: the callers are small. */
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
