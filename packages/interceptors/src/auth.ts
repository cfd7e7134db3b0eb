import { type InterceptedCall, type Interceptor, RpcError, StatusCode } from "@aster/rpc";

/** The metadata key that carries the token, as `Bearer <token>`. */
export const AUTHORIZATION_KEY = "authorization";

export interface AuthOptions {
  /** On a client: the token, or where to get it for each call. A call with `authorization` metadata of its own keeps that. */
  readonly token?: string | (() => string | Promise<string>);
  /** On a server: whether the token is good for this call. Anything but `true`, a throw included, refuses the call. */
  readonly validate?: (token: string, call: InterceptedCall) => boolean | Promise<boolean>;
}

/**
 * Proves to a server who calls, by a token in the metadata: `token` on the client, `validate` on the server.
 *
 * Calls without exactly one good token end with UNAUTHENTICATED "authentication failed", whatever the cause, before the
 * handler runs. A server whose options have no `validate` refuses every call.
 */
export function authInterceptor(options: AuthOptions): Interceptor {
  return async (call, next) => {
    if (call.side === "client") return next(await signed(call, options.token));
    await check(call, options.validate);
    return next(call);
  };
}

async function signed(
  call: InterceptedCall,
  token: AuthOptions["token"],
): Promise<InterceptedCall> {
  if (token === undefined || call.metadata.has(AUTHORIZATION_KEY)) return call;
  const value = typeof token === "string" ? token : await token();
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
