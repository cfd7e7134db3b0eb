import type { ErrorTypes, ErrorTypesOf, MethodErrors, NoErrors } from "./error-type.ts";
import type { Handler } from "./handler.ts";
import type { Message, MessageSchema, MethodPattern } from "./message.ts";
import type { MethodOptions } from "./options.ts";

/** The declaration of a method, before a service gives it a name. */
export interface MethodShape {
  readonly pattern: MethodPattern;
  readonly request: MessageSchema;
  readonly response: MessageSchema;
  readonly options: MethodOptions;
}

/**
 * Applied to a class method with `@`. The method must take and return the declared types. Standard
 * and legacy decorators are supported.
 */
export interface MethodDecorator<
  P extends MethodPattern,
  Req extends MessageSchema,
  Res extends MessageSchema,
  E extends ErrorTypes = NoErrors,
> {
  <This, V>(
    method: Handler<P, Req, Res, This, E, V>,
    context: ClassMethodDecoratorContext<This>,
  ): void;
  <T extends Handler<P, Req, Res, unknown, E, never>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void;
}

/** The result of `unary(Req, Res)`: an entry for `defineService`, and a decorator. Frozen. */
export interface MethodDefinition<
  P extends MethodPattern,
  Req extends MessageSchema,
  Res extends MessageSchema,
  E extends MethodErrors = NoErrors,
> extends MethodDecorator<P, Req, Res, ErrorTypesOf<E>> {
  readonly pattern: P;
  readonly request: Req;
  readonly response: Res;
  readonly options: MethodOptions;
  /** The errors as given in the options. */
  readonly errors: E;
}

/** The methods of a service, by their key in TypeScript. */
export type Methods = Readonly<Record<string, MethodShape>>;

/** The errors that a method declares, in the form that its definition holds. */
export type ErrorsOfShape<M extends MethodShape> = M extends { readonly errors: infer E }
  ? string extends keyof E
    ? ErrorTypes
    : ErrorTypesOf<E>
  : ErrorTypes;

/** The declaration that a decorator makes. Without types, the method takes those of a contract. */
export interface MethodDeclaration {
  readonly pattern: MethodPattern;
  readonly types?: {
    readonly request: Message;
    readonly response: Message;
    readonly options: MethodOptions;
  };
}
