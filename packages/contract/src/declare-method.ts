import { isMessage } from "./auto-tag.ts";
import { declareMethod, type MethodFunction } from "./declared-methods.ts";
import { ContractError } from "./error.ts";
import type { MethodErrors, NoErrors } from "./error-type.ts";
import type { Message, MethodPattern, SchemaOf } from "./message.ts";
import type { MethodDeclaration, MethodDefinition } from "./method.ts";
import type { MethodOptions } from "./options.ts";
import { checkMethodOptions } from "./options.ts";

/** A method decorator without types, for a class that is bound to a contract. */
export interface BareMethodDecorator {
  (method: (...args: never[]) => unknown, context: ClassMethodDecoratorContext): void;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): void;
}

/** Declares methods of one pattern: with types, or without them as a decorator. */
export interface MethodDeclarer<P extends MethodPattern> extends BareMethodDecorator {
  /** A decorator without types, written with parentheses. */
  (): BareMethodDecorator;
  <const Req extends Message, const Res extends Message, const E extends MethodErrors = NoErrors>(
    request: Req,
    response: Res,
    options?: MethodOptions<E>,
  ): MethodDefinition<P, SchemaOf<Req>, SchemaOf<Res>, E>;
}

/**
 * The method that a decorator call is about. Standard decorators are called with
 * `(method, context)`, legacy ones with `(target, key, descriptor)`.
 */
function decoratedMethod(args: readonly unknown[], called: string): MethodFunction {
  const [first, second, third] = args;
  const context = second as ClassMethodDecoratorContext | undefined;
  const standard = typeof first === "function" && typeof context === "object";
  const method = standard ? first : (third as PropertyDescriptor | undefined)?.value;
  if (typeof method !== "function" || (standard && context?.kind !== "method")) {
    throw new ContractError("method", `@${called} can only be applied to methods of a class`);
  }
  const key = standard ? context?.name : second;
  const isStatic = standard ? context?.static : typeof first === "function";
  if (isStatic || typeof key !== "string" || key.startsWith("#")) {
    throw new ContractError(
      "method",
      `@${called} on ${String(key)}: clients can only call public instance methods that have a ` +
        "name; make it one",
    );
  }
  return method as MethodFunction;
}

const isDecoratorCall = (args: readonly unknown[]) => {
  const [first, second, third] = args;
  const context = second as Partial<ClassMethodDecoratorContext> | undefined;
  const standard = typeof first === "function" && typeof context?.kind === "string";
  const legacy = typeof second === "string" || typeof second === "symbol";
  return standard || (legacy && (third === undefined || typeof third === "object"));
};

function typedMethod(
  pattern: MethodPattern,
  called: string,
  args: readonly unknown[],
): MethodDefinition<MethodPattern, never, never> {
  const [request, response, options = {}] = args;
  if (!isMessage(request) || !isMessage(response)) {
    throw new ContractError(
      "type",
      `${called}() needs a request type and a response type; write ` +
        `${called}(Request, Response, options?)`,
    );
  }
  checkMethodOptions(options as MethodOptions, pattern, `${called}()`);
  const types = { request, response, options: Object.freeze({ ...(options as MethodOptions) }) };
  const decorate = (...decorated: readonly unknown[]): void => {
    declareMethod(decoratedMethod(decorated, called), { pattern, types }, called);
  };
  const { errors = {} } = options as MethodOptions;
  return Object.freeze(
    Object.assign(decorate, { pattern, ...types, errors }),
  ) as unknown as MethodDefinition<MethodPattern, never, never>;
}

function declarer<P extends MethodPattern>(pattern: P, called: string): MethodDeclarer<P> {
  const bare: MethodDeclaration = { pattern };
  const declare = (...args: readonly unknown[]): unknown => {
    if (args.length === 0) {
      return (...decorated: readonly unknown[]) => {
        declareMethod(decoratedMethod(decorated, called), bare, called);
      };
    }
    if (isDecoratorCall(args)) {
      declareMethod(decoratedMethod(args, called), bare, called);
      return undefined;
    }
    return typedMethod(pattern, called, args);
  };
  return declare as MethodDeclarer<P>;
}

/** Declares a method with one request and one response. The same as {@link rpc}. */
export const unary: MethodDeclarer<"unary"> = declarer("unary", "unary");

/** Declares a method with one request and one response: `@rpc(Request, Response)`. */
export const rpc: MethodDeclarer<"unary"> = declarer("unary", "rpc");

/** Declares a method with one request and many responses, usually an `async *` method. */
export const serverStream: MethodDeclarer<"server_stream"> = declarer(
  "server_stream",
  "serverStream",
);

/** Declares a method with many requests, an `AsyncIterable`, and one response. */
export const clientStream: MethodDeclarer<"client_stream"> = declarer(
  "client_stream",
  "clientStream",
);

/** Declares a method with many requests and many responses, in any order. */
export const bidiStream: MethodDeclarer<"bidi_stream"> = declarer("bidi_stream", "bidiStream");
