import type { ServiceDefinition } from "@aster/contract";
import type { Advertisement, Registry } from "@aster/registry";
import type { Node } from "@aster/transport";
import type { ServerHealth } from "../health/health.ts";
import { optionError } from "../option-check.ts";
import type { ForcedNodeOptions } from "../peer/own-node.ts";
import { ServerLoad } from "./server-load.ts";

/** The registry in which a server publishes its services. */
export interface ServerRegistryOptions {
  /**
   * The directory of a new node for documents and blobs, which keeps the registry and the identity
   * of its author over restarts. Default: memory.
   */
  readonly storage?: string | undefined;
  /**
   * The writer ticket of another producer's registry, which this server joins. Default: a registry
   * of its own.
   */
  readonly join?: string | undefined;
  /** Channels that will refer to the contracts, such as `stable`. Default: none. */
  readonly channels?: readonly string[] | undefined;
  /** Tags that will refer to the contracts. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** The policy realm of the leases. Default: none. */
  readonly realm?: string | undefined;
  /**
   * The term of the leases, from 1 s to 45 s: the time after which a crashed server disappears.
   * They are renewed three times as often. Default: 45 s.
   */
  readonly leaseMs?: number | undefined;
  /**
   * The committed manifests, from which the contracts must not differ. Default:
   * `.aster/manifest.json` in the working folder, if there is one.
   */
  readonly manifest?: string | undefined;
}

/** Throws INVALID_ARGUMENT for options that cannot be used. */
export function checkRegistryOptions(options: ServerRegistryOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw optionError("registry", "an object", options);
  }
  for (const name of ["storage", "join", "realm", "manifest"] as const) {
    const value = options[name];
    if (value === undefined || (typeof value === "string" && value !== "")) continue;
    throw optionError(`registry.${name}`, "a text that is not empty", name === "join" ? {} : value);
  }
  for (const name of ["channels", "tags"] as const) {
    const value = options[name];
    if (value === undefined || (Array.isArray(value) && value.every(isText))) continue;
    throw optionError(`registry.${name}`, "a list of texts", value);
  }
}

/** The options of the node of a server with a registry. */
export function registryNodeOptions(options: ServerRegistryOptions | undefined): ForcedNodeOptions {
  if (options === undefined) return {};
  const { storage } = options;
  return { protocols: ["docs"], ...(storage === undefined ? {} : { storage }) };
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** The parts of a server that its registry needs. */
export interface ServerRegistryParts {
  readonly node: Node;
  readonly definitions: readonly ServiceDefinition[];
  readonly health: ServerHealth;
  /** The calls that run, and how many may run. */
  readonly calls: () => { readonly running: number; readonly most: number };
  /** Called when a renewal of a lease fails. */
  readonly onError: (error: unknown) => void;
}

/** Refuses services that differ from the committed manifests. Rejects with `RegistryError`. */
export async function checkDrift(
  definitions: readonly ServiceDefinition[],
  { manifest }: ServerRegistryOptions,
): Promise<void> {
  const { checkManifestFile } = await import("@aster/registry");
  await checkManifestFile(definitions, manifest);
}

/**
 * The services of a server in a registry: their contracts, and a lease of each that shows the
 * health and load of the server.
 */
export class ServerRegistry {
  readonly registry: Registry;
  readonly #advertisements: readonly Advertisement[];

  private constructor(registry: Registry, advertisements: readonly Advertisement[]) {
    this.registry = registry;
    this.#advertisements = advertisements;
  }

  /** Joins or creates the registry and publishes the services. */
  static async open(
    options: ServerRegistryOptions,
    parts: ServerRegistryParts,
  ): Promise<ServerRegistry> {
    const { openRegistry } = await import("@aster/registry");
    const registry = await openRegistry(parts.node, { address: options.join });
    const load = new ServerLoad(parts.calls);
    const { channels, tags, realm, leaseMs } = options;
    try {
      const advertisements: Advertisement[] = [];
      for (const definition of parts.definitions) {
        await registry.publish(definition, { channels, tags });
        const advertisement = await registry.advertise(definition, {
          health: () => healthOf(parts.health, definition.name),
          load: () => load.read(),
          policyRealm: realm,
          leaseMs,
          onError: parts.onError,
        });
        advertisements.push(advertisement);
      }
      return new ServerRegistry(registry, advertisements);
    } catch (error) {
      await registry.close();
      throw error;
    }
  }

  /** Writes the leases again, because the health has changed. */
  async refresh(): Promise<void> {
    await Promise.all(this.#advertisements.map((one) => one.refresh()));
  }

  /** Withdraws the leases and closes the registry. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#advertisements.map((one) => one.withdraw({ graceMs: 0 })));
    await this.registry.close();
  }
}

/** A service that is not serving takes no calls: its lease says `starting`. */
function healthOf(health: ServerHealth, service: string): "ready" | "starting" | "draining" {
  if (health.status(service) === "SERVING") return "ready";
  return health.draining ? "draining" : "starting";
}
