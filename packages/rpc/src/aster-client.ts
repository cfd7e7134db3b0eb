import { type ContractManifest, contractIdOf, serviceDefinitionOf } from "@aster/contract";
import { type EndpointAddress, type Node, ResetCode } from "@aster/transport";
import type { AdmittedService } from "@aster/trust";
import { abortedError } from "./client/call-failure.ts";
import type { Client, RowClient, ServiceReference } from "./client/client.ts";
import { type ClientOptions, createClient, type RowViews } from "./client/create-client.ts";
import type { Compression } from "./compression.ts";
import { type Dialled, dial } from "./dial.ts";
import { createJsonClient, type JsonClient } from "./dynamic/json-client.ts";
import { createDynamicClient, type DynamicClient } from "./dynamic/manifest-client.ts";
import { RpcError } from "./error.ts";
import type { Interceptor } from "./interceptor.ts";
import { limitsWith, type RpcLimits } from "./limits.ts";
import { checkOffer } from "./offered-service.ts";
import { type HeldNode, holdNode, type NodeChoice } from "./own-node.ts";
import { StatusCode } from "./status.ts";

export interface AsterClientOptions extends NodeChoice {
  /** For dialling and admission together (default 20 000), and for calls that set none and whose method has none. */
  readonly timeoutMs?: number;
  /** Gives dialling up. */
  readonly signal?: AbortSignal;
  /** The credential to present, as JSON text. Default: none. */
  readonly credential?: string;
  /** Around every call. The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  readonly limits?: Partial<RpcLimits>;
  /** Of the requests of every service. Default: payloads of more than 4096 bytes. */
  readonly compression?: Compression;
}

export interface ServiceClientOptions extends Omit<ClientOptions, "limits" | "peerModes"> {
  /** Whether to refuse a peer whose contract is not ours. Default true. */
  readonly checkContract?: boolean;
}

export interface ProxyOptions extends Omit<ServiceClientOptions, "serialization" | "profile"> {
  /** What the peer published of the service. Without it methods are called as they come. */
  readonly manifest?: ContractManifest;
}

/** A peer that has let us in, and the services it offers. Whoever connects closes it, `await using` does. */
export class AsterClient implements AsyncDisposable {
  /** What the peer offers to us. */
  readonly services: readonly AdmittedService[];
  /** What the peer knows us by, from our credential. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly #held: HeldNode;
  readonly #dialled: Dialled;
  readonly #options: AsterClientOptions;

  private constructor(held: HeldNode, dialled: Dialled, options: AsterClientOptions) {
    this.#held = held;
    this.#dialled = dialled;
    this.#options = options;
    this.services = dialled.admission.services;
    this.attributes = dialled.admission.attributes;
  }

  /**
   * Dials a peer, is admitted and learns its services. `address` is a ticket, a base64 node address, an endpoint id, or the
   * parts of one.
   *
   * Rejects with {@link RpcError}: UNAVAILABLE when the peer cannot be reached in time, UNAUTHENTICATED when it does not
   * admit us, CANCELLED when the signal fires (DEADLINE_EXCEEDED when it is an `AbortSignal.timeout()`), INVALID_ARGUMENT for an address that cannot be read.
   */
  static async connect(
    address: EndpointAddress | string,
    options: AsterClientOptions = {},
  ): Promise<AsterClient> {
    let held: HeldNode | undefined;
    try {
      held = await holdNode(options);
      return new AsterClient(held, await dial(held.node, address, options), options);
    } catch (error) {
      if (held?.owned) await held.node.close();
      throw options.signal?.aborted ? abortedError(options.signal) : RpcError.from(error);
    }
  }

  get node(): Node {
    return this.#held.node;
  }

  /** Endpoint id of the peer. */
  get peer(): string {
    return this.#dialled.connection.peer;
  }

  /**
   * A typed client of one service. It sends nothing until a method is called.
   *
   * Throws {@link RpcError}: NOT_FOUND for a service that is not offered, FAILED_PRECONDITION for one under another contract.
   */
  client<T extends ServiceReference>(
    service: T,
    options: ServiceClientOptions & RowViews,
  ): RowClient<T>;
  client<T extends ServiceReference>(service: T, options?: ServiceClientOptions): Client<T>;
  client<T extends ServiceReference>(
    service: T,
    options: ServiceClientOptions & Partial<RowViews> = {},
  ): Client<T> | RowClient<T> {
    const definition = serviceDefinitionOf(service as object);
    const offer = checkOffer(
      definition,
      this.services,
      options.checkContract === false ? undefined : contractIdOf(definition),
    );
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const compression = options.compression ?? this.#options.compression;
    return createClient(service, this.#dialled.connection, {
      ...options,
      peerModes: offer.serializationModes,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      interceptors: [...(this.#options.interceptors ?? []), ...(options.interceptors ?? [])],
      ...(compression === undefined ? {} : { compression }),
      limits: this.#options.limits ?? {},
    });
  }

  /**
   * A client without a definition, in JSON. The name is sent as it is, whether it is offered or not.
   *
   * With a manifest (`parseManifest` of `@aster/contract` reads one) it knows the methods, their patterns and fields; then it
   * throws {@link RpcError} as `client` does, and INVALID_ARGUMENT for the manifest of another service.
   */
  proxy(
    service: string,
    options: ProxyOptions & { readonly manifest: ContractManifest },
  ): DynamicClient;
  proxy(service: string, options?: ProxyOptions): JsonClient;
  proxy(service: string, options: ProxyOptions = {}): JsonClient | DynamicClient {
    const { manifest } = options;
    const settings = {
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs,
      interceptors: [...(this.#options.interceptors ?? []), ...(options.interceptors ?? [])],
    };
    const versions = this.services.filter((one) => one.name === service).map((one) => one.version);
    const room = {
      connection: this.#dialled.connection,
      limits: limitsWith(this.#options.limits),
    };
    if (manifest === undefined) {
      return createJsonClient(room, service, Math.max(1, ...versions), settings);
    }
    if (manifest.service !== service) {
      throw new RpcError(
        StatusCode.INVALID_ARGUMENT,
        `the manifest is of ${manifest.service}, not of ${service}`,
      );
    }
    const id = options.checkContract === false ? undefined : manifest.contract_id;
    checkOffer({ name: service, version: manifest.version }, this.services, id);
    return createDynamicClient(room, manifest, settings);
  }

  /** Ends the connection, and with it the calls that run; closes the node if it is ours. Harmless when it is closed. */
  async close(): Promise<void> {
    this.#dialled.connection.close(ResetCode.NoError, "normal close");
    if (this.#held.owned) await this.node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
