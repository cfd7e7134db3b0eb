import { authInterceptor } from "@aster/interceptors/auth";
import { type InterceptedCall, type Interceptor, RpcError, StatusCode } from "@aster/rpc";
import { Reply } from "./messages.ts";

/** Adds its name to the metadata `way` on the way in; on the server that would have no effect, see {@link tells}. */
function signs(name: string): Interceptor {
  return (call, next) => next({ ...call, metadata: call.metadata.with("way", name) });
}

/** Adds its name to the trailer on the way in. On the server. */
function tells(name: string): Interceptor {
  return (call, next) => {
    call.context?.addTrailer("way", name);
    return next(call);
  };
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

const CANNED = Reply.parse({ payload: Buffer.from("canned") });

async function* listed(...values: unknown[]): AsyncGenerator<unknown> {
  yield* values;
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
const interceptors = {
  a: signs("a"),
  b: signs("b"),
  tellsA: tells("a"),
  tellsB: tells("b"),
  outer: signsErrors("outer"),
  inner: signsErrors("inner"),
  /** Answers without asking anybody. */
  refuses: async () => {
    throw new RpcError(StatusCode.PERMISSION_DENIED, "refused on the way");
  },
  /** Gives the answer itself, where the pattern allows. */
  answers: async (call) => (streamsReplies(call) ? listed(CANNED) : CANNED),
  /** Asks twice, and gives the second answer. */
  repeats: async (call, next) => {
    const first = await next(call);
    if (streamsReplies(call)) for await (const _ of first as AsyncIterable<unknown>);
    return await next(call);
  },
  /** A bearer token: one that is good, one that is not, and who asks for it. */
  token: authInterceptor({ token: () => "good" }),
  wrongToken: authInterceptor({ token: "bad" }),
  asksForToken: authInterceptor({ validate: (token) => token === "good" }),
  /** Makes every failure NOT_FOUND. */
  maps: onError(({ rawMessage }) => new RpcError(StatusCode.NOT_FOUND, rawMessage)),
  /** Throws what is no status. */
  breaks: async () => {
    throw new TypeError("a secret of the server's");
  },
} as const satisfies Record<string, Interceptor>;

export type InterceptorName = keyof typeof interceptors;

/** Interceptors by their names, after another one if there is one. */
export function named(
  names: readonly InterceptorName[] = [],
  outermost?: Interceptor,
): readonly Interceptor[] {
  const inner = names.map((name) => interceptors[name]);
  return outermost === undefined ? inner : [outermost, ...inner];
}
