/**
 * Any JavaScript value, without a schema, between two JavaScript programs.
 *
 * @module
 */
export type { NativeCodec, NativeCodecOptions } from "./native-codec.ts";
export { nativeCodec } from "./native-codec.ts";
