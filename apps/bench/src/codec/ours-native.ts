import { nativeCodec } from "@aster/codec/native";
import type { Contender } from "./contender.ts";
import type { SuiteName } from "./suite.ts";
import { suites } from "./suite.ts";

/** NATIVE without a schema, like structuredClone and v8.serialize. */
export function oursNative(suite: SuiteName): Contender {
  const codec = nativeCodec();
  const value = suites[suite];
  const buffer = new Uint8Array(2 * codec.encode(value).length + 4_096);
  return {
    encode: () => codec.encode(value),
    encodeInto: () => codec.encodeInto(value, buffer, 64),
    decode: (bytes) => codec.decode(bytes),
  };
}
