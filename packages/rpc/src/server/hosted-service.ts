import { type ServiceDefinition, serviceDefinitionOf } from "@aster/contract";
import { RpcError } from "../error.ts";
import type { Interceptor } from "../interceptor.ts";
import type { RpcLimits } from "../limits.ts";
import { StatusCode } from "../status.ts";
import { isImplementation } from "./implement.ts";
import { Route } from "./route.ts";

/** One service at one version, as a server holds it. */
export class HostedService {
  readonly definition: ServiceDefinition;
  readonly limits: RpcLimits;
  /** By the name on the wire. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Calls whose handlers have not returned. */
  calls = 0;

  /** `service` is an instance of a decorated class or made by `implement`. `interceptors` are the server's own. */
  constructor(service: object, interceptors: readonly Interceptor[], limits: RpcLimits) {
    this.limits = limits;
    const implementation = isImplementation(service) ? service.handlers : service;
    this.definition = isImplementation(service) ? service.definition : serviceDefinitionOf(service);
    const { name, scoped, methods } = this.definition;
    if (scoped !== "shared") {
      throw new RpcError(
        StatusCode.FAILED_PRECONDITION,
        `${name} is session-scoped; a server hosts shared services: declare it with scoped: "shared"`,
      );
    }
    const around = [...interceptors, ...(this.definition.interceptors as readonly Interceptor[])];
    this.routes = new Map(
      Object.values(methods).map((method) => [
        method.name,
        new Route(this, method, implementation, [
          ...around,
          ...(method.interceptors as readonly Interceptor[]),
        ]),
      ]),
    );
  }
}
