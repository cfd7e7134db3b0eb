import { RpcError, StatusCode } from "@aster/rpc";
import { type InterceptedCall, type Interceptor, optionError } from "@aster/rpc/interceptor";
import { type InterceptorClass, interceptorClass } from "./interceptor-class.ts";
import { checkFunction, checkNames } from "./option-check.ts";

/** The metadata key that carries the token, as `Bearer <token>`. */
export const AUTHORIZATION_KEY = "authorization";

export interface AuthOptions {
  /**
   * On a client: the token, or a function that returns it for each call. The call ends at its
   * deadline while the function is at work; `call.signal` fires then. A call that already has
   * `authorization` metadata keeps it.
   */
  readonly token?: string | ((call: InterceptedCall) => string | Promise<string>) | undefined;
  /**
   * On a server: returns `true` to accept the token for this call. Any other result, or an error,
   * refuses the call.
   */
  readonly validate?:
    | ((token: string, call: InterceptedCall) => boolean | Promise<boolean>)
    | undefined;
}

/**
 * Authenticates calls by a token in the metadata: `token` on the client, `validate` on the server.
 *
 * A call without exactly one valid token fails with UNAUTHENTICATED "authentication failed" before
 * the handler runs; the text does not depend on the cause. Without `validate`, a server refuses
 * every call.
 */
export function auth(options: AuthOptions): Interceptor {
  checkNames("auth", options, ["token", "validate"]);
  const { token, validate } = options;
  if (typeof token !== "string" && typeof token !== "function" && token !== undefined) {
    throw optionError("token", "a text or a function", token);
  }
  checkFunction("validate", validate);
  // the name appears in errors
  return async function auth(call, next) {
    if (call.side === "client") return next(await signed(call, token));
    await check(call, validate);
    return next(call);
  };
}

/** `new AuthInterceptor(options)` is {@link auth}. */
export const AuthInterceptor: InterceptorClass<typeof auth> = interceptorClass(
  "AuthInterceptor",
  auth,
);

async function signed(
  call: InterceptedCall,
  token: AuthOptions["token"],
): Promise<InterceptedCall> {
  if (token === undefined || call.metadata.has(AUTHORIZATION_KEY)) return call;
  const value = typeof token === "string" ? token : await token(call);
  return { ...call, metadata: call.metadata.with(AUTHORIZATION_KEY, `Bearer ${value}`) };
}

async function check(call: InterceptedCall, validate: AuthOptions["validate"]): Promise<void> {
  const [value = "", ...more] = call.metadata.getAll(AUTHORIZATION_KEY);
  const token = /^Bearer +(\S+)$/i.exec(value)?.[1];
  if (token === undefined || more.length > 0) throw refused();
  let good: boolean | undefined;
  try {
    good = await validate?.(token, call);
  } catch (cause) {
    throw refused({ cause });
  }
  if (good !== true) throw refused();
}

function refused(options?: ErrorOptions): RpcError {
  return new RpcError(StatusCode.UNAUTHENTICATED, "authentication failed", options);
}
