import { Acceptor, checkAlpnsFree } from "../acceptor.ts";
import { parseAddress } from "../address/address.ts";
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { type AllowList, type ClosedGateOptions, checkClosedGate } from "../allow-list.ts";
import type { Connection } from "../connection.ts";
import { DEFAULT_MAX_CHANNELS } from "../defaults.ts";
import { TransportError } from "../error.ts";
import type { ConnectOptions, Gate, GateQuestion, Node, NodeStats } from "../node.ts";
import type { Slab } from "../slab.ts";
import { clearTimeout, outsideCalls, setImmediate, setTimeout } from "../turns.ts";
import { MemoryAllowList } from "./allow-list.ts";
import { MemoryConnection } from "./connection.ts";
import type { Deliveries } from "./deliveries.ts";
import { PendingDial } from "./pending-dial.ts";

/** The time that a gate has to answer, as over QUIC. */
const GATE_TIMEOUT_MS = 5_000;
/**
 * The close code for peers that the gate refuses (docs/wire.md, "Admission"). It gives no reason.
 */
const REFUSED_BY_GATE = 403;

/** The parts that the nodes of one memory network share. */
export interface Surroundings {
  readonly nodes: Map<EndpointId, MemoryNode>;
  readonly deliveries: Deliveries;
  readonly slab: Slab;
}

/**
 * A node of a memory network. It finds other nodes in the map that the network shares, and joins
 * two nodes by a pair of {@link MemoryConnection}s.
 */
export class MemoryNode implements Node {
  readonly id: EndpointId;
  readonly #around: Surroundings;
  readonly #acceptors = new Map<string, Acceptor<MemoryConnection>>();
  readonly #connections = new Set<MemoryConnection>();
  readonly #dials = new Set<PendingDial>();
  #gate: Gate | undefined;
  #allowList: MemoryAllowList | undefined;
  #refused = 0;
  #closed = false;

  constructor(id: EndpointId, around: Surroundings) {
    this.id = id;
    this.#around = around;
    around.nodes.set(id, this);
  }

  address(): EndpointAddress {
    return { endpointId: this.id, directAddresses: [] };
  }

  async connect(
    address: EndpointAddress | string,
    alpn: string,
    options: ConnectOptions = {},
  ): Promise<Connection> {
    const { endpointId } = parseAddress(address);
    this.#checkOpen();
    const dial = new PendingDial();
    this.#dials.add(dial);
    try {
      return await dial.run(options, () =>
        this.#reach(endpointId, alpn, options.raw ?? false, dial),
      );
    } finally {
      this.#dials.delete(dial);
    }
  }

  accept(
    alpns: readonly string[],
    options: { readonly raw?: readonly string[] } = {},
  ): AsyncIterableIterator<Connection> {
    this.#checkOpen();
    checkAlpnsFree(alpns, this.#acceptors);
    const acceptor = new Acceptor<MemoryConnection>(options.raw ?? [], {
      returned: () => {
        for (const alpn of alpns) this.#acceptors.delete(alpn);
      },
    });
    for (const alpn of alpns) this.#acceptors.set(alpn, acceptor);
    return acceptor;
  }

  gate(gate: Gate): void {
    this.#gate = gate;
  }

  closeGate(options: ClosedGateOptions): AllowList {
    checkClosedGate(options);
    this.#allowList = new MemoryAllowList(options);
    return this.#allowList;
  }

  stats(): NodeStats {
    let channels = 0;
    let queuedBytes = 0;
    for (const connection of this.#connections) {
      channels += connection.stats().channels;
      queuedBytes += connection.queuedBytes;
    }
    return {
      connections: this.#connections.size,
      refused: this.#refused,
      channels,
      queuedBytes,
      nativeHandles: 0,
      sentBytes: 0,
      receivedBytes: 0,
    };
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#around.nodes.delete(this.id);
      for (const acceptor of this.#acceptors.values()) acceptor.return();
      for (const connection of this.#connections) connection.close();
      for (const dial of this.#dials) dial.abort(nodeClosed());
    }
    // after the deliveries that are due, so that the peers know
    await new Promise((resolve) => setImmediate(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #reach(id: EndpointId, alpn: string, raw: boolean, dial: PendingDial): Promise<Connection> {
    const target = this.#around.nodes.get(id);
    if (target === undefined || target === this) throw unreachable(id);
    const acceptor = target.#acceptors.get(alpn);
    if (acceptor === undefined) {
      throw new TransportError(
        "connect",
        `node ${id.slice(0, 10)}… does not answer ALPN ${JSON.stringify(alpn)}`,
      );
    }
    const question = { peer: this.id, alpn };
    if (!(await target.#admits(question))) {
      target.#refuse(question);
      const code = { applicationCode: REFUSED_BY_GATE };
      throw new TransportError("connect", `node ${id.slice(0, 10)}… refused the connection`, code);
    }
    while (acceptor.full && !acceptor.over) await acceptor.change();
    if (acceptor.over || dial.over) throw unreachable(id);
    return this.#join(target, acceptor, alpn, raw);
  }

  #join(
    target: MemoryNode,
    acceptor: Acceptor<MemoryConnection>,
    alpn: string,
    raw: boolean,
  ): Connection {
    const { deliveries, slab } = this.#around;
    const client = new MemoryConnection({
      alpn,
      client: { id: this.id, raw, forget: (gone) => this.#connections.delete(gone) },
      server: {
        id: target.id,
        raw: acceptor.isRaw(alpn),
        forget: (gone) => target.#connections.delete(gone),
      },
      deliveries,
      slab,
      maxChannels: DEFAULT_MAX_CHANNELS,
      passesValues: false,
      trusted: false,
    });
    this.#connections.add(client);
    target.#connections.add(client.other);
    acceptor.offer(client.other);
    return client;
  }

  /** A gate that throws, is late or answers anything but `true` refuses. */
  async #admits(question: GateQuestion): Promise<boolean> {
    if (this.#allowList?.admits(question) === false) return false;
    const gate = this.#gate;
    if (gate === undefined) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, GATE_TIMEOUT_MS, false);
    });
    try {
      return (await Promise.race([outsideCalls(() => gate(question)), late])) === true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  #refuse(question: GateQuestion): void {
    this.#refused += 1;
    this.#allowList?.refused(question);
  }

  #checkOpen(): void {
    if (this.#closed) throw nodeClosed();
  }
}

function unreachable(id: EndpointId): TransportError {
  return new TransportError(
    "connect",
    `no node ${id.slice(0, 10)}… answers in this memory network: both must come from the same memoryNetwork()`,
  );
}

function nodeClosed(): TransportError {
  return new TransportError("closed", "this node is closed: create a new one");
}
