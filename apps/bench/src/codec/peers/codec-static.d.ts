import type { Reader, Writer } from "protobufjs/minimal.js";

/** What the benchmark uses of codec-static.js. */
interface StaticMessage {
  encode(message: object): Writer;
  decode(reader: Reader | Uint8Array): object;
}

export declare const aster: {
  readonly codec: Readonly<Record<"Order" | "Mission" | "Points" | "Floats", StaticMessage>>;
};
