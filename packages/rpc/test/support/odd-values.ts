// Values that handlers throw by mistake, and errors that are made from the wrong arguments.
import { RpcError, type RpcErrorOptions } from "@aster/rpc";

const throwing = (): never => {
  throw new Error("inner");
};

/** A Proxy whose every trap throws. */
function hostile(): object {
  const traps = ["get", "has", "getPrototypeOf", "ownKeys", "getOwnPropertyDescriptor"];
  return new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, throwing])));
}

/** Makes an error from arguments of any type, as JavaScript programs do. */
const made = (code: unknown, message: unknown, options?: unknown): RpcError =>
  new RpcError(code as number, message as string, options as RpcErrorOptions);

function cyclic(): Error {
  const error = new Error("cyclic");
  error.cause = error;
  return error;
}

/** Errors of the wrong arguments, with the code and the message that they get. */
export const badErrors: Record<
  string,
  readonly [make: () => RpcError, code: number, text: RegExp]
> = {
  "no message": [() => made(13, undefined), 13, /^$/],
  "null as message": [() => made(13, null), 13, /^$/],
  "an Error as message": [() => made(13, new Error("why")), 13, /^why$/],
  "a number as message": [() => made(5, 7), 5, /^7$/],
  "an object without a text as message": [() => made(5, hostile()), 5, /cannot be shown/],
  "a text as code": [() => made("ECONNREFUSED", "down"), 2, /^down \('ECONNREFUSED' is not/],
  "no code": [() => made(undefined, "x"), 2, /^x \(undefined is not/],
  "NaN as code": [() => made(Number.NaN, "x"), 2, /^x \(NaN is not/],
  "a fraction as code": [() => made(1.5, "x"), 2, /^x \(1.5 is not/],
  "2^60 as code": [() => made(2 ** 60, "x"), 2, /^x \(1152921504606\d+ is not/],
  "OK as code": [() => made(0, "fine"), 2, /^fine \(0 is not/],
  "a Proxy as code": [() => made(hostile(), "x"), 2, /^x \(.* is not the code of an error/],
  "details that throw": [
    () => made(5, "x", Object.defineProperty({}, "details", { get: throwing })),
    5,
    /^x$/,
  ],
  "a detail that throws": [
    () => made(5, "x", { details: Object.defineProperty({}, "a", { get: throwing }) }),
    5,
    /^x$/,
  ],
  "details that are not text": [
    () => made(5, "x", { details: { n: 7, o: { toString: throwing }, u: undefined, s: Symbol() } }),
    5,
    /^x$/,
  ],
  "details that are null": [() => made(5, "x", { details: null }), 5, /^x$/],
  "a Proxy as details": [() => made(5, "x", { details: hostile() }), 5, /^x$/],
  "a Proxy as options": [() => made(5, "x", hostile()), 5, /^x$/],
  "fields that were changed": [
    () => Object.assign(made(5, "x"), { code: 0, rawMessage: undefined, details: { a: 7 } }),
    2,
    /0 is not the code/,
  ],
};

/** Values that are not errors of this package. */
export const oddValues: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  text: () => "text",
  symbol: () => Symbol("s"),
  "an object without a prototype": () => Object.create(null),
  "a frozen error": () => Object.freeze(new Error("frozen")),
  "a cyclic error": cyclic,
  "an error of many": () => new AggregateError([new Error("a")], "all"),
  "getters that throw": () =>
    Object.defineProperties(new Error(), {
      message: { get: throwing },
      name: { get: throwing },
      stack: { get: throwing },
    }),
  "a toString that throws": () => ({ toString: throwing }),
  // biome-ignore lint/suspicious/noThenProperty: the odd value of this line
  "a then that throws": () => Object.defineProperty({}, "then", { get: throwing }),
  "a Proxy": hostile,
  "a Proxy of an RpcError": () => new Proxy(new RpcError(5, "x"), { get: throwing }),
};
