import { optionError } from "../option-check.ts";
import type { SessionControl } from "../session/session.ts";
import { type Facts, showAs } from "../shown.ts";
import type { ManifestProxy, ManifestProxyMethod } from "./manifest-proxy.ts";
import type { ProxyMethod, ServiceProxy } from "./service-proxy.ts";

export interface MethodProxyParts<M> {
  /** The name in `console.log`. */
  readonly name: string;
  readonly facts: Facts;
  /** The methods that `Object.keys` lists. */
  readonly known: Readonly<Record<string, M>>;
  /** Returns a method of any other name. */
  readonly other: (name: string) => M;
  /** The members of a session, which hide methods of the same names. */
  readonly control: SessionControl | undefined;
}

type FindMethod = (name: string) => unknown;

/**
 * The names that the language and its tools read or call on any value: the members of every object,
 * `then` of `await`, `toJSON` of `JSON.stringify`, and the probes of test tools for matchers and
 * DOM nodes.
 */
const toolNames: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...["then", "toJSON", "asymmetricMatch", "nodeType", "tagName", "hasAttribute"],
]);

/** The prefixes of names that tools keep for themselves, as `$$typeof` and `@@iterator`. */
const toolPrefix = /^(?:\$\$|@@|__)/;

const finders = new WeakMap<object, FindMethod>();

/**
 * Makes an object with a method for every name, which stays an ordinary value: converting,
 * comparing, printing, copying and awaiting it makes no call.
 */
export function methodProxy<M>(parts: MethodProxyParts<M>): object {
  const { name, facts, known, other, control } = parts;
  const members: Record<string, unknown> = Object.create(showAs({}, name, () => facts));
  for (const [key, method] of Object.entries(known)) {
    if (!isToolName(key)) members[key] = method;
  }
  const proxy: object = new Proxy(Object.freeze(Object.assign(members, control)), {
    get(target, key) {
      if (typeof key !== "string" || isToolName(key) || Object.hasOwn(target, key)) {
        return Reflect.get(target, key);
      }
      return other(key);
    },
  });
  finders.set(proxy, (key) => (Object.hasOwn(known, key) ? known[key] : other(key)));
  return proxy;
}

function isToolName(name: string): boolean {
  return toolNames.has(name) || toolPrefix.test(name);
}

/**
 * Returns a method of a proxy by its name on the wire. It also finds the methods that are no
 * property of the proxy: those that JavaScript and its tools would call on any value, such as
 * `toJSON`, `toString` and `then`, names that begin with `__`, and in sessions `close` and
 * `closed`.
 *
 * Throws `RpcError` INVALID_ARGUMENT for a value that is not a proxy.
 */
export function proxyMethod(proxy: ManifestProxy, name: string): ManifestProxyMethod;
export function proxyMethod(proxy: ServiceProxy, name: string): ProxyMethod;
export function proxyMethod(proxy: object, name: string): unknown {
  const find = finders.get(proxy);
  if (find === undefined) throw optionError("proxy", "a result of client.proxy(…)", proxy);
  return find(name);
}
