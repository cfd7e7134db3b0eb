import { setTimeout as sleep } from "node:timers/promises";
import { formatRegistryAddress, openRegistry, type Registry } from "@aster/registry";
import { AsterClient, AsterServer, implement, openGate } from "@aster/rpc";
import { createNode, formatTicket, type NodeOptions, ticketFor } from "@aster/transport";
import type { Counted, PeerCommands } from "./peer-commands.ts";
import { Reach } from "./reach-service.ts";

/** The time for the first sync: a busy machine may need it. */
const SYNC_MS = 20_000;

const service = implement(Reach, {
  whisperQuietly: async (request) => request,
  async *countForever({ everyMs, bytes }) {
    const payload = new Uint8Array(bytes);
    for (let index = 0; ; index += 1) {
      yield { index, payload };
      if (everyMs > 0) await sleep(everyMs);
    }
  },
});

/** A function for each command. */
type Commands = {
  readonly [K in keyof PeerCommands]: (
    argument: PeerCommands[K][0],
  ) => Promise<PeerCommands[K][1] extends null ? void : PeerCommands[K][1]>;
};

/** The roles of a host: a server, a client, a replica of a registry. */
export class Peer {
  #client: AsterClient | undefined;
  #registry: Registry | undefined;
  #counted: Counted = { items: 0, inOrder: true, ended: null };

  /** Runs a command of {@link PeerCommands}. */
  run(name: string, argument: unknown): Promise<unknown> {
    if (!Object.hasOwn(this.#commands, name)) throw new Error(`unknown command ${name}`);
    const command = this.#commands[name as keyof PeerCommands];
    return (command as (argument: unknown) => Promise<unknown>)(argument);
  }

  readonly #commands: Commands = {
    ready: async () => {},
    serve: async (ways) => {
      const options = { ...ways, portMapping: false, gate: openGate() };
      const server = await AsterServer.start({ services: [service], ...options });
      return { id: server.node.id, address: server.address };
    },
    connect: async ({ address, ...ways }) => {
      this.#client = await AsterClient.connect(address, { ...ways, portMapping: false });
    },
    whisper: async (secretText) => {
      const reply = await this.#caller.whisperQuietly({ secretText }, { timeoutMs: 30_000 });
      return reply.secretText;
    },
    times: async (calls) => await this.#times(calls),
    count: async (options) => {
      void this.#count(options);
    },
    counted: async () => this.#counted,
    paths: async () => this.#client?.paths ?? [],
    registry: async ({ join, storage, timeoutMs = SYNC_MS, ...ways }) => {
      const options: NodeOptions = { ...ways, protocols: ["docs"], storage, portMapping: false };
      const node = await createNode(options);
      const registry = await openRegistry(node, { address: join, timeoutMs });
      this.#registry = registry;
      const peer = formatTicket(ticketFor(node.address()));
      const { namespace, owner } = registry;
      return {
        address: formatRegistryAddress({ namespace, peer, owner }),
        writerTicket: await registry.writerTicket().catch(() => null),
      };
    },
    publish: async (leaseMs) => {
      await this.#replica.publish(Reach);
      await this.#replica.advertise(Reach, { leaseMs: leaseMs ?? undefined });
    },
    services: async () => this.#replica.services().map(({ service }) => service),
    resolve: async (waitMs) => {
      const { leases } = await this.#replica.resolve({ service: Reach.name }, { waitMs });
      return leases.map(({ endpointId }) => endpointId);
    },
  };

  get #caller() {
    if (this.#client === undefined) throw new Error("not connected");
    return this.#client.client(Reach);
  }

  get #replica(): Registry {
    if (this.#registry === undefined) throw new Error("no registry is open");
    return this.#registry;
  }

  async #count(options: { readonly everyMs: number; readonly bytes: number }): Promise<void> {
    let items = 0;
    let inOrder = true;
    try {
      for await (const { index } of this.#caller.countForever(options)) {
        inOrder &&= index === items;
        items += 1;
        this.#counted = { items, inOrder, ended: null };
      }
      this.#counted = { items, inOrder, ended: "end" };
    } catch (error) {
      this.#counted = { items, inOrder, ended: String(error) };
    }
  }

  async #times(calls: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let call = 0; call < calls; call += 1) {
      const startedMs = performance.now();
      await this.#caller.whisperQuietly({ secretText: "" }, { timeoutMs: 60_000 });
      times.push(performance.now() - startedMs);
    }
    return times;
  }
}
