// The codec command as a function, and its notation of types and values.
export { type CodecAnswer, codecAnswer } from "./answer.ts";
export { canonical } from "./canonical.ts";
export type { Declaration, FieldText, StructText, TypeText } from "./notation.ts";
