import type { ContractManifest } from "@aster/contract/model";
import type { Registry } from "@aster/registry";
import type { AsterClient } from "@aster/rpc";
import type { AdmittedService } from "@aster/trust";
import type { Callee } from "../call/callee.ts";
import { manifestFor, openCallee, wrongScope } from "../call/open-callee.ts";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import { undescribed } from "../contract/undescribed.ts";
import { connectTo } from "../peer/connect.ts";
import type { PeerOptions } from "../peer/options.ts";
import { joinedRegistry } from "../registry/open.ts";
import { isRegistryAddress, peerOf } from "../registry/registry-text.ts";

/** The peer of a shell: its services, and its registry if it has one. The caller closes it. */
export class ShellPeer implements AsyncDisposable {
  readonly client: AsterClient;
  /** The address of the peer. */
  readonly address: string;
  /** The address of its registry, `undefined` for none. */
  readonly registryAddress: string | undefined;
  readonly #context: CommandContext;
  readonly #contract: string | undefined;
  readonly #manifests = new Map<string, Promise<ContractManifest | undefined>>();
  readonly #callees = new Map<string, Promise<Callee>>();
  #registry: Promise<Registry> | undefined;

  private constructor(
    context: CommandContext,
    client: AsterClient,
    address: string,
    contract: string | undefined,
  ) {
    const { registryNamespace } = client;
    this.#context = context;
    this.#contract = contract;
    this.client = client;
    this.address = peerOf(address);
    if (isRegistryAddress(address)) this.registryAddress = address;
    else if (registryNamespace !== undefined) {
      this.registryAddress = `${registryNamespace}@${address}`;
    }
  }

  /** Connects. `contract` is the source of the contracts, by default the peer. Throws failures. */
  static async open(
    context: CommandContext,
    address: string,
    options: PeerOptions,
    contract: string | undefined,
  ): Promise<ShellPeer> {
    const choice = { reconnect: true, protocols: ["docs"] } as const;
    const client = await connectTo(context, peerOf(address), options, choice);
    return new ShellPeer(context, client, address, contract);
  }

  /** The services by name, each in its latest version. */
  get offers(): ReadonlyMap<string, AdmittedService> {
    return new Map(this.client.services.map((offer) => [offer.name, offer]));
  }

  /** The manifest of a service, `undefined` if the peer does not describe it. */
  manifest(service: string): Promise<ContractManifest | undefined> {
    const choice = { service, contract: this.#contract };
    return kept(this.#manifests, service, () => manifestFor(this.#context, this.client, choice));
  }

  /** The same; throws a failure for a service that is not described. */
  async knownManifest(service: string): Promise<ContractManifest> {
    const manifest = await this.manifest(service);
    if (manifest !== undefined) return manifest;
    throw undescribed(service);
  }

  /** A shared service. The peer keeps it open. */
  callee(service: string): Promise<Callee> {
    return kept(this.#callees, service, () => this.#open(service, false));
  }

  /** Opens a session. The caller disposes of it. */
  openSession(service: string): Promise<Callee> {
    return this.#open(service, true);
  }

  /** Joins the registry of the peer, once. Throws a failure if there is none. */
  async registry(): Promise<Registry> {
    const { registryAddress: address } = this;
    if (address === undefined) throw usageFailure("the peer has no registry");
    this.#registry ??= joinedRegistry(this.#context, this.client.node, address);
    try {
      return await this.#registry;
    } catch (error) {
      this.#registry = undefined;
      throw error;
    }
  }

  /** Forgets what is known about services, to read it again. */
  refresh(): void {
    this.#manifests.clear();
    this.#callees.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const registry = await this.#registry?.catch(() => undefined);
    await registry?.close();
    await this.client.close();
  }

  async #open(service: string, session: boolean): Promise<Callee> {
    const contract = this.#contract;
    const offer = this.offers.get(service);
    const scoped = offer?.scoped === "session";
    if (offer !== undefined && scoped !== session) {
      const hint = scoped ? `open a session with: session ${service}` : `call ${service}.METHOD`;
      throw wrongScope(service, scoped, hint);
    }
    return await openCallee(this.#context, this.client, {
      service,
      session,
      mode: undefined,
      contract,
    });
  }
}

/** Returns what a map has, or makes it. A failure is not kept. */
async function kept<T>(
  map: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const found = map.get(key) ?? make();
  map.set(key, found);
  try {
    return await found;
  } catch (error) {
    map.delete(key);
    throw error;
  }
}
