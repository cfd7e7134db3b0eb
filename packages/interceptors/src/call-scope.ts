import { type InterceptedCall, optionError } from "@aster/rpc/interceptor";

/** One property that calls of a scope have in common. `"method"` is a method of one service. */
export type CallScopePart = "service" | "method" | "peer";

/**
 * The calls that share a state: all of them (`"global"`), those of a service, a method or a peer,
 * or those that have several of these in common: `["peer", "method"]`.
 */
export type CallScope = "global" | CallScopePart | readonly CallScopePart[];

/** The choice of the calls that share a state. */
export interface ScopeOptions {
  readonly scope?: CallScope | undefined;
  /**
   * Returns the key of a call, in place of `scope`: calls with the same key share a state. Take it
   * from what the peer cannot choose, such as `call.peer` and `call.roles`.
   */
  readonly key?: ((call: InterceptedCall) => string) | undefined;
}

/** The names of {@link ScopeOptions}. */
export const scopeOptions: readonly string[] = ["scope", "key"];

/** A checked scope. */
export interface KeyedScope {
  /** The scope in error texts, after "per". */
  readonly title: string;
  readonly keyOf: (call: InterceptedCall) => string;
}

const keys: Readonly<Record<CallScopePart, (call: InterceptedCall) => string>> = {
  service: (call) => call.service,
  method: (call) => `${call.service}/${call.method}`,
  peer: (call) => call.peer,
};

const parts = Object.keys(keys);

/** Throws `RpcError` INVALID_ARGUMENT for a bad scope or key, and for both at once. */
export function keyedScope({ scope, key }: ScopeOptions, usual: CallScope): KeyedScope {
  if (key !== undefined) {
    if (typeof key !== "function") throw optionError("key", "a function", key);
    if (scope !== undefined) throw optionError("scope", "left out, because key is set", scope);
    return { title: "key", keyOf: key };
  }
  const chosen = scope ?? usual;
  if (chosen === "global") return { title: "global", keyOf: () => "" };
  const list = typeof chosen === "string" ? [chosen] : chosen;
  if (!Array.isArray(list) || list.length === 0 || !list.every((part) => parts.includes(part))) {
    const names = parts.map((part) => `"${part}"`).join(", ");
    throw optionError("scope", `"global", one of ${names}, or a list of these`, scope);
  }
  return { title: list.join(" and "), keyOf: keyOfParts(list) };
}

function keyOfParts([first, ...others]: readonly CallScopePart[]): KeyedScope["keyOf"] {
  const keyOf = keys[first as CallScopePart];
  if (others.length === 0) return keyOf;
  const rest = keyOfParts(others);
  return (call) => `${keyOf(call)}/${rest(call)}`;
}
