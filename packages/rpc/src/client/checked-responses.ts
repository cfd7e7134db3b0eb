import { type CheckedValue, checkValue, wireTypeInfo } from "@aster/codec";
import type { MessageSchema } from "@aster/contract";
import { RpcError } from "../error.ts";
import type { MessageCodec } from "../message/message-codec.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";

/**
 * Returns a codec that also runs the zod checks of a response type: refinements and literals. It is
 * the given codec for a type without checks.
 *
 * `decode` throws INTERNAL, with the reason `response.invalid` and the path of the first issue, for
 * a response that fails. Checks that return promises are left to the server: a stream of responses
 * cannot wait for them.
 */
export function checkedResponses(type: MessageSchema, codec: MessageCodec): MessageCodec {
  const info = wireTypeInfo(type);
  if (!info?.hasRefinements) return codec;
  return {
    encode: (value) => codec.encode(value),
    encodeShared: (value) => codec.encodeShared(value),
    decode(bytes) {
      const response = codec.decode(bytes);
      const checked = checkValue(info, response);
      if (!(checked instanceof Promise)) return valid(checked);
      checked.catch(() => {});
      return response;
    },
  };
}

function valid({ value, issues: [issue] }: CheckedValue): unknown {
  if (issue === undefined) return value;
  const path = issue.path.map(String).join(".");
  throw new RpcError(
    StatusCode.INTERNAL,
    `the response is not valid${path && ` at ${JSON.stringify(path)}`}: ${issue.message}`,
    { details: { reason: RpcReason.RESPONSE_INVALID, path, issue: issue.code ?? "custom" } },
  );
}
