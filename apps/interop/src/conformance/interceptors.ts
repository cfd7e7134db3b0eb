import { type InterceptedCall, type Interceptor, RpcError, StatusCode } from "@aster/rpc";

/** Adds its name to the metadata `way` on the way in; on the server that has no effect, so it is told by its errors. */
function signs(name: string): Interceptor {
  return (call, next) => next({ ...call, metadata: call.metadata.with("way", name) });
}

/** Changes what went wrong, on the way out. */
function onError(change: (error: RpcError) => RpcError): Interceptor {
  return async (call, next) => {
    try {
      const result = await next(call);
      return streamsReplies(call) ? relayed(result as AsyncIterable<unknown>, change) : result;
    } catch (error) {
      throw change(RpcError.from(error));
    }
  };
}

function streamsReplies({ pattern }: InterceptedCall): boolean {
  return pattern === "server_stream" || pattern === "bidi_stream";
}

/** A stream fails while it is read. */
async function* relayed(
  stream: AsyncIterable<unknown>,
  change: (error: RpcError) => RpcError,
): AsyncGenerator<unknown> {
  try {
    yield* stream;
  } catch (error) {
    throw change(RpcError.from(error));
  }
}

/** Adds its name to the message. */
function signsErrors(name: string): Interceptor {
  return onError(({ code, rawMessage }) => new RpcError(code, `${rawMessage}>${name}`));
}

/** Interceptors by name, as rows ask for them. */
export const interceptors = {
  a: signs("a"),
  b: signs("b"),
  outer: signsErrors("outer"),
  inner: signsErrors("inner"),
  /** Answers without asking anybody. */
  refuses: async () => {
    throw new RpcError(StatusCode.PERMISSION_DENIED, "refused on the way");
  },
  /** Makes every failure NOT_FOUND. */
  maps: onError(({ rawMessage }) => new RpcError(StatusCode.NOT_FOUND, rawMessage)),
  /** Throws what is no status. */
  breaks: async () => {
    throw new TypeError("a secret of the server's");
  },
} as const satisfies Record<string, Interceptor>;

export type InterceptorName = keyof typeof interceptors;
