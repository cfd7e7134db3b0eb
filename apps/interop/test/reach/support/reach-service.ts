import { defineService, serverStream, unary, wireType } from "@aster/rpc";
import { z } from "zod";

const Whisper = wireType("reach/Whisper", { secretText: z.string() });
const Count = wireType("reach/Count", { everyMs: z.int(), bytes: z.int() });
const Item = wireType("reach/Item", { index: z.int(), payload: z.instanceof(Uint8Array) });

/** The service of the hosts. Its names are long, so that they are found where they appear. */
export const Reach = defineService(
  "SecludedWhispers",
  {},
  {
    whisperQuietly: unary(Whisper, Whisper),
    countForever: serverStream(Count, Item),
  },
);

/** The names and texts that no packet may contain. */
export const HIDDEN = ["SecludedWhispers", "whisperQuietly", "secretText", "reach/Whisper"];
