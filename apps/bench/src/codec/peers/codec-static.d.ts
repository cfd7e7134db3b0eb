import type { Reader, Writer } from "protobufjs/minimal.js";

/** The parts of codec-static.js that the benchmark uses. */
interface StaticMessage {
  encode(message: object): Writer;
  decode(reader: Reader | Uint8Array): object;
}

export declare const aster: {
  readonly codec: Readonly<Record<"Order" | "Mission" | "Points" | "Floats", StaticMessage>>;
};
