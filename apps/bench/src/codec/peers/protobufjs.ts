import type { Contender } from "../contender.ts";
import type { PlainSuiteName } from "../suite.ts";
import { suites } from "../suite.ts";
import { aster } from "./codec-static.js";

const { Order, Mission, Points, Floats } = aster.codec;
const messages = { small: Order, mission: Mission, list1000: Points, floats: Floats };

/** Static code of pbjs. */
export function protobufjs(suite: PlainSuiteName): Contender {
  const message = messages[suite];
  const value = suites[suite];
  return {
    encode: () => message.encode(value).finish(),
    decode: (bytes) => message.decode(bytes),
  };
}
