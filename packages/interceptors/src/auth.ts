import { RpcError, StatusCode } from "@aster/rpc";
import type { ContextInterceptor, InterceptedCall, Interceptor } from "@aster/rpc/interceptor";
import { observeCall, optionError } from "@aster/rpc/interceptor";
import { interceptorClass } from "./interceptor-class.ts";
import { checkFunction, checkNames } from "./option-check.ts";
import { type TokenProvider, TokenSource } from "./token-source.ts";

/** The metadata key that carries the token, as `Bearer <token>`. */
export const AUTHORIZATION_KEY = "authorization";

export interface AuthOptions {
  /**
   * On a client: the token, or a function that returns it for each call. A function that returns
   * `{ token, expiresInMs }` is called again when that time is over, or when a server has refused
   * the token with UNAUTHENTICATED. The call ends at its deadline while the function is at work;
   * `call.signal` fires then. A call that already has `authorization` metadata keeps it.
   */
  readonly token?: string | TokenProvider | undefined;
  /**
   * On a server: returns `true` to accept the token for this call. Any other result, or an error,
   * refuses the call.
   */
  readonly validate?:
    | ((token: string, call: InterceptedCall) => boolean | Promise<boolean>)
    | undefined;
}

/** The options of {@link auth} with an identity for the handlers. `I` is its type. */
export interface IdentityOptions<N extends string, I> extends Pick<AuthOptions, "token"> {
  /**
   * On a server: returns the identity of the caller. `undefined`, `null` and `false`, or an error,
   * refuse the call.
   */
  readonly validate: (token: string, call: InterceptedCall) => I | Nothing | Promise<I | Nothing>;
  /** The name of the identity in the context of the handlers. */
  readonly as: N;
}

type Nothing = undefined | null | false;

/**
 * Authenticates calls by a token in the metadata: `token` on the client, `validate` on the server.
 * With `as: "user"` the result of `validate` is `context.user` of the handlers, with its type.
 *
 * A call without exactly one valid token fails with UNAUTHENTICATED "authentication failed" before
 * the handler runs; the text does not depend on the cause. Without `validate`, a server refuses
 * every call.
 */
export function auth<I extends object | string, const N extends string>(
  options: IdentityOptions<N, I>,
): ContextInterceptor<{ readonly [K in N]: I }>;
export function auth(options: AuthOptions): Interceptor;
export function auth(options: AuthOptions | IdentityOptions<string, unknown>): Interceptor {
  checkNames("auth", options, ["token", "validate", "as"]);
  const { validate } = options;
  const as = "as" in options ? options.as : undefined;
  checkFunction("validate", validate);
  if (as !== undefined && (typeof as !== "string" || as === "")) {
    throw optionError("as", "the name of a context value", as);
  }
  const tokens = options.token === undefined ? undefined : new TokenSource(options.token);
  // the name appears in errors
  const interceptor: Interceptor = async function auth(call, next) {
    if (call.side === "client") return sign(call, next, tokens);
    const identity = await identityOf(call, validate);
    if (as === undefined) {
      if (identity !== true) throw refused();
      return next(call);
    }
    if (identity === undefined || identity === null || identity === false) throw refused();
    return next({ ...call, values: { ...call.values, [as]: identity } });
  };
  return as === undefined ? interceptor : Object.assign(interceptor, { adds: [as] });
}

async function sign(
  call: InterceptedCall,
  next: Parameters<Interceptor>[1],
  tokens: TokenSource | undefined,
): Promise<unknown> {
  if (tokens === undefined || call.metadata.has(AUTHORIZATION_KEY)) return next(call);
  const token = await tokens.of(call);
  const metadata = call.metadata.with(AUTHORIZATION_KEY, `Bearer ${token}`);
  if (!tokens.keeps) return next({ ...call, metadata });
  return observeCall({ ...call, metadata }, next, ({ code }) => {
    if (code === StatusCode.UNAUTHENTICATED) tokens.forget(token);
  });
}

/** Returns the result of the check. Throws UNAUTHENTICATED without a single token. */
async function identityOf(
  call: InterceptedCall,
  validate: ((token: string, call: InterceptedCall) => unknown) | undefined,
): Promise<unknown> {
  const [value = "", ...more] = call.metadata.getAll(AUTHORIZATION_KEY);
  const token = /^Bearer +(\S+)$/i.exec(value)?.[1];
  if (token === undefined || more.length > 0) throw refused();
  try {
    return await validate?.(token, call);
  } catch (cause) {
    throw refused({ cause });
  }
}

function refused(options?: ErrorOptions): RpcError {
  return new RpcError(StatusCode.UNAUTHENTICATED, "authentication failed", options);
}

interface AuthClass {
  new <I extends object | string, const N extends string>(
    options: IdentityOptions<N, I>,
  ): ContextInterceptor<{ readonly [K in N]: I }>;
  new (options: AuthOptions): Interceptor;
}

/** `new AuthInterceptor(options)` is {@link auth}. */
export const AuthInterceptor: AuthClass = interceptorClass(
  "AuthInterceptor",
  auth,
) as unknown as AuthClass;
