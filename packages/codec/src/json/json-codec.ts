import type { MakeTypeCodec } from "../codec.ts";
import type { CodecLimits } from "../limits.ts";
export function jsonTypes(_limits: CodecLimits): MakeTypeCodec {
  throw new Error();
}
