import { auth } from "@aster/interceptors/auth";
import { RpcError, StatusCode } from "@aster/rpc";
import type { InterceptedCall, Interceptor } from "@aster/rpc/interceptor";
import { Reply } from "./messages.ts";

/**
 * Adds its name to the metadata `way` before the call. For clients: on a server the handler would
 * not see the change, see {@link addsToTrailer}.
 */
function addsToMetadata(name: string): Interceptor {
  return (call, next) => next({ ...call, metadata: call.metadata.with("way", name) });
}

/** Adds its name to the trailer before the call. For servers. */
function addsToTrailer(name: string): Interceptor {
  return (call, next) => {
    call.context?.addTrailer("way", name);
    return next(call);
  };
}

/** Replaces the error of a failed call. */
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

/** Relays a stream and replaces its error: a stream fails while it is read. */
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

/** Appends its name to the message of an error. */
function signsErrors(name: string): Interceptor {
  return onError(({ code, rawMessage }) => new RpcError(code, `${rawMessage}>${name}`));
}

/** The interceptors that rows select by name. */
const interceptors = {
  a: addsToMetadata("a"),
  b: addsToMetadata("b"),
  tellsA: addsToTrailer("a"),
  tellsB: addsToTrailer("b"),
  outer: signsErrors("outer"),
  inner: signsErrors("inner"),
  /** Fails without making the call. */
  refuses: async () => {
    throw new RpcError(StatusCode.PERMISSION_DENIED, "refused on the way");
  },
  /** Returns an answer of its own without making the call. */
  answers: async (call) => (streamsReplies(call) ? listed(CANNED) : CANNED),
  /** Makes the call twice and returns the second answer. */
  repeats: async (call, next) => {
    const first = await next(call);
    if (streamsReplies(call)) for await (const _ of first as AsyncIterable<unknown>);
    return await next(call);
  },
  /** Sends a valid bearer token. */
  token: auth({ token: () => "good" }),
  /** Sends an invalid bearer token. */
  wrongToken: auth({ token: "bad" }),
  /** Requires the valid bearer token. */
  asksForToken: auth({ validate: (token) => token === "good" }),
  /** Changes the code of every failure to NOT_FOUND. */
  maps: onError(({ rawMessage }) => new RpcError(StatusCode.NOT_FOUND, rawMessage)),
  /** Throws an error that has no status. */
  breaks: async () => {
    throw new TypeError("a secret of the server's");
  },
} as const satisfies Record<string, Interceptor>;

export type InterceptorName = keyof typeof interceptors;

/** Returns interceptors by name, after `outermost` if it is given. */
export function named(
  names: readonly InterceptorName[] = [],
  outermost?: Interceptor,
): readonly Interceptor[] {
  const inner = names.map((name) => interceptors[name]);
  return outermost === undefined ? inner : [outermost, ...inner];
}
