import type { Interceptor } from "@aster/contract";
import { type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { invalidOption } from "../option-check.ts";
import { SessionInstances } from "../session/session-instances.ts";
import { StatusCode } from "../status.ts";
import { attachmentOfService, isImplementation } from "./implement.ts";
import { Route } from "./route.ts";

/** One version of a service on a server: its routes, and its running calls and sessions. */
export class HostedService {
  readonly definition: ServiceDefinition;
  readonly limits: RpcLimits;
  /** By wire name. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Creates the instances of a session-scoped service; `undefined` for a shared one. */
  readonly instances: SessionInstances | undefined;
  /** Calls whose handlers have not returned. */
  calls = 0;
  /** Open sessions, and ended ones whose `onSessionClose` has not returned. */
  sessions = 0;

  /**
   * `service` is an instance of a decorated class, the class itself for a session-scoped service,
   * or a result of `implement`. `interceptors` are those of the server.
   */
  constructor(service: object, interceptors: readonly Interceptor[], limits: RpcLimits) {
    this.limits = limits;
    const server = isImplementation(service) ? service.handlers : service;
    this.definition = isImplementation(service) ? service.definition : serviceDefinitionOf(service);
    const { scoped, methods } = this.definition;
    this.instances =
      scoped === "session" ? new SessionInstances(this.definition, service) : undefined;
    const implementation = scoped === "session" ? undefined : sharedBy(this.definition, server);
    const own = attachmentOfService(service);
    const around = [...interceptors, ...this.definition.interceptors, ...own.interceptors];
    this.routes = new Map(
      Object.values(methods).map((method) => {
        const ofMethod = [...method.interceptors, ...(own.methods.get(method.key) ?? [])];
        return [method.name, new Route(this, method, implementation, [...around, ...ofMethod])];
      }),
    );
    checkNeeds(this.definition.name, own.needs, [...this.routes.values()]);
  }
}

/** Throws INVALID_ARGUMENT for a context value that no interceptor of any route adds. */
function checkNeeds(service: string, needs: readonly string[], routes: readonly Route[]): void {
  const added = new Set(routes.flatMap((route) => route.adds));
  const missing = needs.filter((name) => !added.has(name));
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(", ");
  throw invalidOption(
    "interceptors",
    `${service} needs ${names} in the context of its handlers, which no interceptor adds; ` +
      "pass one that does, for example of addContext()",
  );
}

function sharedBy({ name }: ServiceDefinition, server: object): object {
  if (typeof server !== "function") return server;
  throw new RpcError(
    StatusCode.FAILED_PRECONDITION,
    `${name} is shared: pass an instance or handlers, or declare it with scoped: "session"`,
  );
}
