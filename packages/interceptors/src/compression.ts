import {
  type CompressionSetting,
  callHooks,
  checkCompression,
  type Interceptor,
} from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkNames } from "./option-check.ts";

/** The compression of the calls; `false` for none. */
export type CompressionOptions = CompressionSetting;

/**
 * Sets the compression of the messages that its side of a call sends: the requests on a client, the
 * responses on a server. Of several, the innermost counts, and values that it does not have are
 * those of the outer ones. The setting of a caller counts before all of them.
 *
 * Messages in JSON are never compressed. Throws `RpcError` INVALID_ARGUMENT for a bad option.
 */
export function compression(options: CompressionOptions = {}): Interceptor {
  if (options !== false) checkNames("compression", options, ["thresholdBytes", "level"]);
  checkCompression(options);
  return callHooks({ begin: ({ compression }) => ({ compression: over(options, compression) }) });
}

/** `new CompressionInterceptor(options)` is {@link compression}. */
export const CompressionInterceptor: InterceptorClass<typeof compression> = interceptorClass(
  "CompressionInterceptor",
  compression,
);

function over(
  inner: CompressionSetting,
  outer: CompressionSetting | undefined,
): CompressionSetting {
  return typeof inner === "object" && typeof outer === "object" ? { ...outer, ...inner } : inner;
}
