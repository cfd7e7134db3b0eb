import type { ServiceDefinition } from "@aster/contract";
import { RpcError } from "../error.ts";
import { isPromiseLike } from "../message/message-pump.ts";
import { isImplementation } from "../server/implement.ts";
import { handlerOf } from "../server/route.ts";
import { StatusCode } from "../status.ts";

type SessionClass = new (peer: string) => object;
type SessionFactory = (peer: string) => object;

/** Creates the instances of a session-scoped service, one per session. */
export class SessionInstances {
  readonly #definition: ServiceDefinition;
  readonly #make: SessionFactory;

  /**
   * `service` is a decorated class, or `implement` with a function. Throws FAILED_PRECONDITION for
   * anything else.
   */
  constructor(definition: ServiceDefinition, service: object) {
    this.#definition = definition;
    const given = isImplementation(service) ? service.handlers : service;
    if (typeof given !== "function") {
      const instead = isImplementation(service)
        ? `implement(${definition.name}, (peer) => ({ … }))`
        : "the class itself, not an instance of it";
      throw new RpcError(
        StatusCode.FAILED_PRECONDITION,
        `${definition.name} is session-scoped, so every session needs its own instance; pass ${instead}`,
      );
    }
    this.#make = isImplementation(service)
      ? (given as SessionFactory)
      : (peer) => new (given as SessionClass)(peer);
  }

  /**
   * Throws the exception of the constructor or function, and UNIMPLEMENTED when a method is
   * missing.
   */
  make(peer: string): object {
    const instance = this.#make(peer);
    if (isPromiseLike(instance)) throw laterInstance(this.#definition, instance);
    const { name, methods } = this.#definition;
    for (const { key, name: method } of Object.values(methods)) {
      handlerOf(instance, key, `${name}.${method}`);
    }
    return instance;
  }
}

/** The promise may reject later, when nothing waits for it. */
function laterInstance({ name }: ServiceDefinition, instance: PromiseLike<unknown>): TypeError {
  Promise.resolve(instance).catch(() => {});
  return new TypeError(
    `the function that makes the handlers of a session of ${name} returned a promise; make it synchronous, and do asynchronous work in the handlers`,
  );
}

/** Calls `onSessionClose` of an instance that has one, and waits for it. */
export async function closeInstance(instance: object): Promise<void> {
  const { onSessionClose } = instance as { onSessionClose?: unknown };
  if (typeof onSessionClose === "function") await onSessionClose.call(instance);
}
