import { RpcError, StatusCode } from "@aster/rpc";
import type { Sabotage } from "./sabotage.ts";

/** Sabotages of limits, interceptors and retries. */
export const ofPolicies: readonly Sabotage[] = [
  {
    name: "limits are not kept",
    setup: ({ serverLimits: _, clientLimits: __, ...rest }) => rest,
    fails: [
      "sizes/a request over the server's limit (unary)",
      "sizes/a reply over the client's limit (unary)",
      "sizes/one request too many (clientStream)",
    ],
  },
  {
    name: "interceptors run the other way round",
    setup: ({ serverInterceptors = [], clientInterceptors = [], ...rest }) => ({
      ...rest,
      serverInterceptors: serverInterceptors.toReversed(),
      clientInterceptors: clientInterceptors.toReversed(),
    }),
    fails: [
      "interceptors/the client's, on the way in: the first is the outermost (unary)",
      "interceptors/the server's, on the way in: the first is the outermost (serverStream)",
      "interceptors/the server's, on the way out (unary)",
    ],
  },
  {
    name: "the server has no interceptors",
    setup: ({ serverInterceptors: _, ...rest }) => rest,
    fails: [
      "credentials/per_rpc_creds: none (unary)",
      "interceptors/an error is mapped (bidiStream)",
    ],
  },
  {
    name: "the server tells what its handlers threw",
    serverInterceptor: async (call, next) => {
      try {
        return await next(call);
      } catch (error) {
        if (error instanceof RpcError) throw error;
        throw new RpcError(StatusCode.UNKNOWN, String(error));
      }
    },
    fails: ["interceptors/an exception that is not a status stays with the server (unary)"],
  },
  {
    name: "the client takes no method for idempotent",
    setup: ({ idempotent: _, ...rest }) => rest,
    fails: [
      "retries/an idempotent method is called again after UNAVAILABLE (unary)",
      "retries/the third attempt is the last (serverStream)",
    ],
  },
  {
    name: "failed calls are made again",
    clientInterceptor: (call, next) => next(call).catch(() => next(call)),
    fails: [
      "errors/code 14 (unary)",
      "errors/after one request (clientStream)",
      "retries/a method that is not idempotent is called once (unary)",
      "retries/a negative push-back ends the call (unary)",
    ],
  },
];
