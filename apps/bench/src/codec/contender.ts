import type { CodecName, PlainSuiteName, SuiteName } from "./suite.ts";

/** One codec with one value, prepared like its users would. */
export interface Contender {
  /** Encodes into new memory. */
  encode(): Uint8Array;
  /** Aster only: encodes into a buffer of the caller; returns the number of bytes. */
  encodeInto?(): number;
  /** Aster only: encodes into memory that the next message overwrites. */
  encodeShared?(): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

export const operations = ["encode", "encodeInto", "encodeShared", "decode"] as const;

export type Operation = (typeof operations)[number];

/** Loads one codec, so that a process contains only the codec that it measures. */
export async function loadContender(codec: CodecName, suite: SuiteName): Promise<Contender> {
  switch (codec) {
    case "ours":
      return (await import("./ours.ts")).ours(suite);
    case "ours-native":
      return (await import("./ours-native.ts")).oursNative(suite);
    case "protobufjs":
      return (await import("./peers/protobufjs.ts")).protobufjs(withoutSharing(suite));
    case "protobuf-es":
      return (await import("./peers/protobuf-es.ts")).protobufEs(withoutSharing(suite));
    case "avsc":
      return (await import("./peers/avsc.ts")).avsc(withoutSharing(suite));
    case "msgpackr":
      return (await import("./peers/msgpackr.ts")).msgpackr(suite);
    case "cbor-x":
      return (await import("./peers/cbor-x.ts")).cborX(suite);
    case "JSON":
      return (await import("./peers/json.ts")).json(suite);
    case "v8.serialize":
      return (await import("./peers/v8-serialize.ts")).v8Serialize(suite);
  }
}

function withoutSharing(suite: SuiteName): PlainSuiteName {
  if (suite === "graph") throw new Error("this codec has no references; leave it out of graph");
  return suite;
}
