import { CodecError } from "@aster/codec";
import {
  ContractError,
  type Interceptor,
  type ServiceDefinition,
  serviceDefinitionOf,
} from "@aster/contract";
import { RpcError } from "../error.ts";
import type { RpcLimits } from "../limits.ts";
import { invalidOption, optionError, refusedOption } from "../option-check.ts";
import { CONTRACT_SERVICE } from "../protocol/contract-method.ts";
import { RpcReason } from "../reason.ts";
import { StatusCode } from "../status.ts";
import { hostContracts } from "./contract-host.ts";
import type { Denial } from "./denial.ts";
import { HostedService } from "./hosted-service.ts";
import { isImplementation } from "./implement.ts";
import type { OpenedHeader } from "./opened-header.ts";
import type { Route } from "./route.ts";
import type { PeerDirectory } from "./server-options.ts";

/**
 * The services of a server: finds the route or session service that a header names.
 *
 * `ServerCore` makes it from the option `services`. Headers that the `RouteCache` has seen before
 * do not come here.
 */
export class Router {
  readonly #services = new Map<string, Map<number, HostedService>>();
  readonly #limits: RpcLimits;
  readonly #peers: PeerDirectory | undefined;
  readonly #denied: (denial: Denial) => void;
  #contracts: HostedService | undefined;

  constructor(
    services: readonly object[],
    interceptors: readonly Interceptor[],
    limits: RpcLimits,
    peers: PeerDirectory | undefined,
    denied: (denial: Denial) => void,
  ) {
    this.#limits = limits;
    this.#peers = peers;
    this.#denied = denied;
    if (!Array.isArray(services)) throw optionError("services", "a list of services", services);
    for (const [index, service] of services.entries()) {
      this.#add(host(service, index, interceptors, limits));
    }
  }

  get services(): HostedService[] {
    return [...this.#services.values()].flatMap((versions) => [...versions.values()]);
  }

  /** The route of a call. Throws the errors of docs/wire.md, "Calls", in the order of its table. */
  find(header: OpenedHeader): Route {
    const { service: name, method: called } = header;
    const service = this.#named(header);
    if (service.definition.scoped === "session") {
      throw new RpcError(
        StatusCode.FAILED_PRECONDITION,
        `'${name}' is session-scoped: open a session stream (method='') instead of calling method '${called}' directly`,
      );
    }
    const route = service.routes.get(called);
    if (route === undefined) {
      throw new RpcError(StatusCode.UNIMPLEMENTED, `Method '${name}.${called}' not implemented`);
    }
    if (!route.takes(header.mode)) throw unsupportedMode(header);
    return route;
  }

  /** The service of a header without a method, which opens a session. Throws as `find` does. */
  findSession(header: OpenedHeader): HostedService {
    const service = this.#named(header);
    if (service.definition.scoped === "session") {
      if (header.mode === "unknown") throw unsupportedMode(header);
      return service;
    }
    throw new RpcError(
      StatusCode.FAILED_PRECONDITION,
      `'${header.service}' is shared: send a method name instead of opening a session stream (method='')`,
    );
  }

  #named({ service: name, method, version }: OpenedHeader): HostedService {
    if (name === "") throw new RpcError(StatusCode.INVALID_ARGUMENT, "Missing service name");
    this.#checkName("service", name);
    this.#checkName("method", method);
    const service = name === CONTRACT_SERVICE ? this.#contractHost() : this.#service(name, version);
    if (service !== undefined) return service;
    throw this.#notFound(name, version);
  }

  /** It is made for the first caller, as most peers have the same contracts. */
  #contractHost(): HostedService {
    this.#contracts ??= hostContracts(
      (name, version) => this.#services.get(name)?.get(version)?.definition,
      this.#limits,
      this.#peers,
      this.#denied,
    );
    return this.#contracts;
  }

  /**
   * The service at this version. Callers without a version send 1, so 1 also finds the only version
   * of a service.
   */
  #service(name: string, version: number): HostedService | undefined {
    const versions = this.#services.get(name);
    const exact = versions?.get(version);
    if (exact !== undefined || version !== 1 || versions?.size !== 1) return exact;
    for (const only of versions.values()) return only;
    return undefined;
  }

  /** The error for an unknown service or version; it lists the hosted versions. */
  #notFound(name: string, version: number): RpcError {
    const versions = [...(this.#services.get(name)?.keys() ?? [])].sort((a, b) => a - b);
    const text = `Service '${name}' v${version} not found`;
    if (versions.length === 0) return new RpcError(StatusCode.NOT_FOUND, text);
    return new RpcError(
      StatusCode.NOT_FOUND,
      `${text}; this server hosts ${versions.map((each) => `v${each}`).join(", ")}`,
      { details: { reason: RpcReason.SERVICE_VERSION, versions: versions.join(",") } },
    );
  }

  #checkName(what: string, name: string): void {
    if (name.length <= this.#limits.maxNameChars) return;
    throw new RpcError(
      StatusCode.INVALID_ARGUMENT,
      `the ${what} name has ${name.length} characters, more than maxNameChars (${this.#limits.maxNameChars})`,
    );
  }

  #add(service: HostedService): void {
    const { name, version } = service.definition;
    const versions = this.#services.get(name) ?? new Map<number, HostedService>();
    if (versions.has(version)) {
      throw new RpcError(
        StatusCode.ALREADY_EXISTS,
        `${name} v${version} is listed twice in services; give one of them another version`,
      );
    }
    versions.set(version, service);
    this.#services.set(name, versions);
  }
}

function unsupportedMode({ modeNumber }: OpenedHeader): RpcError {
  const text = `Unsupported serialization mode: ${modeNumber}`;
  return new RpcError(StatusCode.INVALID_ARGUMENT, text);
}

function host(
  service: object,
  index: number,
  interceptors: readonly Interceptor[],
  limits: RpcLimits,
): HostedService {
  const option = `services[${index}]`;
  checkService(service, option);
  try {
    return new HostedService(service, interceptors, limits);
  } catch (error) {
    // a message type that has no form in one of the modes
    const refused = error instanceof ContractError || error instanceof CodecError;
    throw refused ? refusedOption(option, error) : error;
  }
}

/** Throws INVALID_ARGUMENT for a value that is not a service. */
function checkService(service: unknown, option: string): void {
  const remedy =
    "wrap handlers in implement(Definition, handlers), or decorate their class with @service";
  if ((typeof service !== "object" || service === null) && typeof service !== "function") {
    throw optionError(option, `a service: ${remedy}`, service);
  }
  if (isImplementation(service)) return;
  let definition: ServiceDefinition;
  try {
    definition = serviceDefinitionOf(service);
  } catch (error) {
    const type = typeof service === "function" ? service.name : service.constructor?.name;
    throw invalidOption(
      option,
      `${type || "the value"} is not a service; ${remedy}`,
      error as Error,
    );
  }
  if ((definition as object) !== service) return;
  const { name } = definition;
  throw invalidOption(
    option,
    `${name} is a definition without handlers; wrap it in implement(${name}, handlers)`,
  );
}
