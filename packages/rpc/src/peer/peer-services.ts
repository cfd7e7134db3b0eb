import { type ServiceScope, serviceDefinitionOf } from "@aster/contract";
import type { ContractManifest } from "@aster/contract/model";
import type { ClientMethodOptions } from "../client/call.ts";
import type { CallTarget } from "../client/call-target.ts";
import { type ClientOptions, checkCallSettings } from "../client/create-client.ts";
import type { AsterClientOptions, ProxyOptions, ServiceClientOptions } from "../client-options.ts";
import { ContractJudge, checkContractPolicy } from "../contract-check/contract-judge.ts";
import { ManifestSource } from "../contract-check/manifest-source.ts";
import {
  contractOfDefinition,
  contractOfManifest,
  type OwnContract,
} from "../contract-check/own-contract.ts";
import { RpcError } from "../error.ts";
import { limitsWith } from "../limits.ts";
import { narrowed } from "../message/compression.ts";
import { ClientConnection, type OfferCheck } from "../reconnect/client-connection.ts";
import type { PeerLink } from "../reconnect/peer-link.ts";
import { callRetries } from "../retry/call-retries.ts";
import {
  checkRetryChoice,
  type PeerRetryOptions,
  type RetryChoice,
} from "../retry/retry-options.ts";
import { StatusCode } from "../status.ts";
import { RPC_ALPN } from "./dial.ts";
import { checkModes, checkOffer, notOffered } from "./offered-service.ts";

/** Connection and settings of the calls of a service that has a definition. */
export interface TypedService<O> {
  readonly connection: ClientConnection;
  readonly settings: O & ClientOptions;
}

/** Target and settings of the calls of a service that is known by its name. */
export interface NamedService {
  readonly target: CallTarget & { readonly connection: ClientConnection };
  readonly version: number;
  readonly settings: ClientMethodOptions;
}

/**
 * Checks services against the offer of a client's peer, and adds the client's own options to those
 * of a service.
 */
export class PeerServices {
  readonly #link: PeerLink;
  readonly #options: AsterClientOptions;
  readonly #manifests = new ManifestSource();

  constructor(link: PeerLink, options: AsterClientOptions) {
    this.#link = link;
    this.#options = options;
  }

  /**
   * Throws as {@link checkOffer} does, and FAILED_PRECONDITION when the client is closed or no
   * method can be called under the contract of the peer.
   */
  typed<O extends ServiceClientOptions>(service: object, options: O): TypedService<O> {
    this.#link.checkOpen();
    const definition = serviceDefinitionOf(service);
    const judge = this.#judge(() => contractOfDefinition(definition), options);
    const first = checkOffer(definition, this.#link.services);
    const check: OfferCheck = (offered) => {
      const offer = checkOffer(definition, offered);
      checkModes(first, offer);
      return judge.gateOf(offer);
    };
    const { timeoutMs, interceptors } = this.#settings(options);
    checkRetryChoice("retry", options.retry, false);
    const compression = narrowed(options.compression, this.#options.compression);
    return {
      connection: new ClientConnection(this.#link, RPC_ALPN, check),
      settings: {
        ...options,
        peerModes: first.serializationModes,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        interceptors,
        retry: this.#retryOf(options),
        ...(compression === undefined ? {} : { compression }),
        limits: this.#options.limits ?? {},
      },
    };
  }

  /**
   * Without a manifest every name passes. With one it throws as {@link PeerServices.typed} does,
   * and INVALID_ARGUMENT for the manifest of another service.
   */
  named(name: string, scoped: ServiceScope, options: ProxyOptions): NamedService {
    checkCallSettings(options);
    checkRetryChoice("retry", options.retry, false);
    const { interceptors } = this.#settings(options);
    const check = this.#manifestCheck(name, scoped, options);
    const versions = this.#link.services.filter((one) => one.name === name);
    return {
      target: {
        connection: new ClientConnection(this.#link, RPC_ALPN, check),
        limits: limitsWith(this.#options.limits),
        held: this.#link.held,
        retries: callRetries(this.#retryOf(options), interceptors, this.#link.retryTokens),
      },
      version: Math.max(1, ...versions.map((one) => one.version)),
      settings: this.#settings(options),
    };
  }

  /**
   * Requests the manifest of an offered service. Throws NOT_FOUND for one that is not offered, and
   * as a call does; UNIMPLEMENTED when the peer does not describe its contracts.
   */
  async manifest(name: string, version: number | undefined): Promise<ContractManifest> {
    this.#link.checkOpen();
    const offers = this.#link.services.filter(
      (one) => one.name === name && one.version === (version ?? one.version),
    );
    const [offer] = offers.toSorted((a, b) => b.version - a.version);
    if (offer === undefined) throw notOffered(name, version, this.#link.services);
    if (offer.methods === undefined) {
      throw new RpcError(
        StatusCode.UNIMPLEMENTED,
        `the peer does not describe the contract of ${name}`,
      );
    }
    return await this.#manifests.get(
      new ClientConnection(this.#link, RPC_ALPN, () => undefined),
      offer,
    );
  }

  #settings(options: ServiceClientOptions): ClientMethodOptions {
    return {
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs,
      interceptors: [...(this.#options.interceptors ?? []), ...(options.interceptors ?? [])],
    };
  }

  #retryOf(options: ServiceClientOptions): RetryChoice<PeerRetryOptions> {
    return options.retry ?? this.#options.retry ?? true;
  }

  #judge(own: () => OwnContract, { checkContract }: ServiceClientOptions): ContractJudge {
    checkContractPolicy(checkContract);
    const policy = checkContract ?? this.#options.checkContract ?? "compatible";
    return new ContractJudge(own, policy, this.#manifests);
  }

  #manifestCheck(name: string, scoped: ServiceScope, options: ProxyOptions): OfferCheck {
    const { manifest } = options;
    if (manifest === undefined) return () => undefined;
    if (manifest.service !== name) {
      throw new RpcError(
        StatusCode.INVALID_ARGUMENT,
        `the manifest describes ${manifest.service}, not ${name}`,
      );
    }
    const own = contractOfManifest(manifest, scoped);
    const judge = this.#judge(() => own, options);
    return (offered) => judge.gateOf(checkOffer(own, offered));
  }
}
