import type { Sabotage } from "./sabotage.ts";
import { changedMessages, type Frame, isMessage, isTrailer, kept } from "./tamper.ts";

/** Sabotages of messages. */
export const ofMessages: readonly Sabotage[] = [
  {
    name: "the server loses a reply and says OK",
    server: changedMessages((frame, place) => (place === 1 ? [] : [frame])),
    fails: [
      "basic/server stream",
      "basic/bidi stream, half duplex",
      "grpc/server_streaming",
      "errors/after two replies (serverStream)",
    ],
  },
  {
    name: "the server sends a reply twice",
    server: changedMessages((frame, place) => (place === 0 ? [frame, frame] : [frame])),
    fails: ["basic/unary", "basic/server stream", "basic/client stream"],
    passes: "errors/code 5 (unary)",
  },
  {
    name: "replies change their order",
    server: () => {
      let held: Frame | undefined;
      return {
        send(frame) {
          if (isMessage(frame) && held === undefined) {
            held = kept(frame);
            return [];
          }
          const frames =
            held === undefined ? [frame] : isTrailer(frame) ? [held, frame] : [frame, held];
          held = undefined;
          return frames;
        },
      };
    },
    fails: ["basic/server stream", "basic/server stream of a thousand"],
  },
  {
    name: "the client loses a request",
    client: changedMessages((frame, place) => (place === 1 ? [] : [frame])),
    fails: ["basic/client stream", "grpc/client_streaming", "basic/bidi stream, half duplex"],
  },
  {
    name: "what is compressed does not say so",
    server: changedMessages((frame) => [{ ...frame, flags: 0 }]),
    fails: ["grpc/large_unary", "compression/server_compressed_unary: compressed"],
  },
];
