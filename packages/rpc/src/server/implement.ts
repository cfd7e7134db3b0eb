import type {
  AttachedValues,
  Attachment,
  AttachmentOptions,
  Interceptor,
  Methods,
  NeededValues,
  ServiceDefinition,
  ServiceHandlers,
  ServiceScope,
} from "@aster/contract";
import { attachmentOf } from "@aster/contract";
import { checkInterceptors } from "../interceptor-chain.ts";
import { invalidOption, unknownOption } from "../option-check.ts";

/**
 * A definition with its handlers, as one entry of `services`. {@link implement} makes it. `N` are
 * the context values that interceptors of the server must add.
 */
export interface ServiceImplementation<N = unknown> {
  readonly kind: "implementation";
  readonly definition: ServiceDefinition;
  /** For a session-scoped service: the function that makes the handlers of one session. */
  readonly handlers: object;
  readonly attachment: ImplementationAttachment;
  /** Never set: for the compiler only. */
  "~needs"?(): N;
}

/** The interceptors of an implementation and the names of the context values that it needs. */
export interface ImplementationAttachment extends Attachment {
  /** The interceptors of single methods, by the key of the method. */
  readonly methods: ReadonlyMap<string, readonly Interceptor[]>;
}

/** The options of an implementation whose methods have the keys `K`. */
export interface ImplementOptions<K extends PropertyKey = string> extends AttachmentOptions {
  /** Interceptors of single methods. They run inside those of the service. */
  readonly methods?:
    | { readonly [M in K]?: Pick<AttachmentOptions, "interceptors"> | undefined }
    | undefined;
}

/** The context values of single methods. */
type MethodValues<O> = O extends { readonly methods: infer M }
  ? { readonly [K in keyof M]: AttachedValues<M[K]> }
  : unknown;

/** The context values that an implementation with these options needs from the server. */
type Needs<O> = O extends { readonly needs: infer N } ? NeededValues<N> : unknown;

/**
 * The handlers of one session. `V` are the values that interceptors add to the context of all
 * handlers, `M` those of single ones.
 */
export type SessionHandlers<
  D extends ServiceDefinition,
  V = unknown,
  M = unknown,
> = ServiceHandlers<D, V, M> & {
  /**
   * Called once, after the session has ended and its last handler has returned. Exceptions go to
   * `onError`.
   */
  onSessionClose?(): void | Promise<void>;
};

/**
 * The handlers of a definition of scope `S`: functions, or for sessions a function that makes them
 * for a peer.
 */
export type ServedBy<
  D extends ServiceDefinition,
  S extends ServiceScope,
  V = unknown,
  M = unknown,
> = [S] extends ["shared"]
  ? ServiceHandlers<D, V, M>
  : [S] extends ["session"]
    ? (peer: string) => SessionHandlers<D, V, M>
    : ServiceHandlers<D, V, M> | ((peer: string) => SessionHandlers<D, V, M>);

/**
 * Binds plain functions to a definition, one per method. They are called as methods of `handlers`.
 * For a session-scoped definition `handlers` is a function that makes them; it is called once per
 * session, with the endpoint id of the peer.
 *
 * The interceptors of `options` run inside those of the server and of the definition. The handlers
 * find the values that they add in their context, and those that `needs` lists.
 *
 * Throws `RpcError` INVALID_ARGUMENT for a bad option.
 */
export function implement<
  M extends Methods,
  S extends ServiceScope,
  const O extends ImplementOptions<keyof M> = object,
>(
  definition: ServiceDefinition<M, S>,
  handlers: ServedBy<ServiceDefinition<M>, S, AttachedValues<O>, MethodValues<O>>,
  options?: O,
): ServiceImplementation<Needs<O>> {
  const attachment = attachmentWith(definition, options ?? {});
  return Object.freeze({ kind: "implementation", definition, handlers, attachment });
}

/** Returns true for a value that {@link implement} made. */
export function isImplementation(value: object): value is ServiceImplementation {
  return (value as Partial<ServiceImplementation>).kind === "implementation";
}

/** The additions of an entry of `services` to its definition. */
export function attachmentOfService(service: object): ImplementationAttachment {
  if (isImplementation(service)) return service.attachment;
  return { ...attachmentOf(service), methods: NO_METHODS };
}

const NO_METHODS: ReadonlyMap<string, readonly Interceptor[]> = new Map();

function attachmentWith(
  definition: ServiceDefinition,
  options: ImplementOptions,
): ImplementationAttachment {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw unknownOption(name, OPTIONS);
  }
  const { interceptors = [], needs = {}, methods = {} } = options;
  checkInterceptors(interceptors);
  for (const [name, value] of Object.entries(needs)) {
    if (value?.kind === "context-value") continue;
    throw invalidOption(`needs.${name}`, "it must be contextValue<Type>()");
  }
  const ofMethods = new Map<string, readonly Interceptor[]>();
  for (const [key, method] of Object.entries(methods)) {
    if (!Object.hasOwn(definition.methods, key)) {
      throw unknownOption(`methods.${key}`, Object.keys(definition.methods));
    }
    checkInterceptors(method?.interceptors, `methods.${key}.interceptors`);
    ofMethods.set(key, method?.interceptors ?? []);
  }
  return Object.freeze({
    interceptors: Object.freeze([...interceptors]),
    needs: Object.freeze(Object.keys(needs)),
    methods: ofMethods,
  });
}

const OPTIONS: readonly string[] = ["interceptors", "needs", "methods"];
