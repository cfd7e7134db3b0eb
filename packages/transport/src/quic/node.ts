// A node over QUIC: the public `Node`, above the reactor.
//
// `createNode` opens it. It has the acceptors and the dials of the program and decides about
// incoming connections. It ends with the DOWN event of the reactor, after `close` or a fault.
import type { NativeNodeInit } from "@aster/native";
import { ACCEPT_SLOTS, Acceptor, checkAlpnsFree } from "../acceptor.ts";
import { parseAddress } from "../address/address.ts";
import type { EndpointAddress, EndpointId } from "../address/endpoint.ts";
import { dialable } from "../address/interfaces.ts";
import {
  type AllowList,
  type ClosedGateOptions,
  checkClosedGate,
  type RefusedConnections,
} from "../allow-list.ts";
import { ResetCode } from "../channel.ts";
import type { Connection } from "../connection.ts";
import { TransportError } from "../error.ts";
import type { ConnectOptions, Gate, Node, NodeStats } from "../node.ts";
import { deferred } from "../signal.ts";
import type { QuicConnection } from "./connection.ts";
import { Dials } from "./dials.ts";
import type { NativeModule } from "./native.ts";
import { failureOf, rememberNative } from "./operation.ts";
import { Reactor } from "./reactor.ts";

export class QuicNode implements Node {
  readonly id: EndpointId;
  readonly #reactor: Reactor;
  readonly #dials: Dials;
  readonly #acceptors = new Map<string, Acceptor<QuicConnection>>();
  readonly #down: Promise<void>;
  #gate: Gate | undefined;
  #closedGate: (Pick<ClosedGateOptions, "onRefused"> & { readonly list: AllowList }) | undefined;
  #closed: TransportError | undefined;
  #lastAcceptor = 0;

  private constructor(id: EndpointId, reactor: Reactor, down: Promise<void>, dials: Dials) {
    this.id = id;
    this.#reactor = reactor;
    this.#down = down;
    this.#dials = dials;
  }

  /**
   * Binds an endpoint with the key of `id`. With `closed` it refuses every peer. Rejects with
   * {@link TransportError} `"bind"`.
   */
  static async open(
    module: NativeModule,
    id: EndpointId,
    init: NativeNodeInit,
    closed: boolean,
  ): Promise<QuicNode> {
    let node: QuicNode | undefined;
    const dials = new Dials();
    const opened = deferred<void>();
    const ended = deferred<void>();
    const reactor = new Reactor(module, init, {
      opened: opened.resolve,
      connection: (connection) => node?.arrive(connection),
      asked: (question, peer, alpn) => node?.ask(question, peer, alpn),
      refused: (refused) => node?.refuse(refused),
      dialed: (dial, handle, peer) => dials.dialed(dial, handle, peer),
      failed: (dial, error) => dials.failed(dial, error),
      down: (fault) => {
        opened.reject(failureOf(fault?.message ?? "the node is closed", "bind"));
        node?.lose(fault);
        dials.end(new TransportError("closed", "the node is closed"));
        ended.resolve();
      },
    });
    // before the bind is over
    if (closed) reactor.native.closeGate([]);
    reactor.keepAlive.hold();
    try {
      await opened.promise;
    } finally {
      reactor.keepAlive.release();
    }
    node = new QuicNode(id, reactor, ended.promise, dials);
    dials.start(reactor);
    rememberNative(node, reactor.native);
    return node;
  }

  address(): EndpointAddress {
    const known = this.#closed === undefined ? this.#reactor.native.address() : null;
    return {
      endpointId: this.id,
      ...(known?.relay === undefined ? {} : { relayUrl: known.relay }),
      directAddresses: known?.direct.flatMap(dialable) ?? [],
    };
  }

  async connect(
    address: EndpointAddress | string,
    alpn: string,
    options: ConnectOptions = {},
  ): Promise<Connection> {
    const target = parseAddress(address);
    this.#checkOpen();
    return this.#dials.dial(target, alpn, options);
  }

  accept(
    alpns: readonly string[],
    options: { readonly raw?: readonly string[] } = {},
  ): AsyncIterableIterator<Connection> {
    this.#checkOpen();
    checkAlpnsFree(alpns, this.#acceptors);
    const { native, keepAlive } = this.#reactor;
    this.#lastAcceptor += 1;
    const number = this.#lastAcceptor;
    const acceptor = new Acceptor<QuicConnection>(options.raw ?? [], {
      returned: () => {
        for (const alpn of alpns) this.#acceptors.delete(alpn);
        if (this.#closed === undefined) native.unlisten(number);
        keepAlive.release();
      },
      taken: (connection) => connection.taken(),
    });
    keepAlive.hold();
    for (const alpn of alpns) this.#acceptors.set(alpn, acceptor);
    const framed = alpns.filter((alpn) => !acceptor.isRaw(alpn));
    const raw = alpns.filter((alpn) => acceptor.isRaw(alpn));
    native.listen(number, ACCEPT_SLOTS, framed, raw);
    return acceptor;
  }

  gate(gate: Gate): void {
    this.#gate = gate;
    if (this.#closed === undefined) this.#reactor.native.setGate(true);
  }

  closeGate(options: ClosedGateOptions): AllowList {
    checkClosedGate(options);
    const { native } = this.#reactor;
    const list: AllowList = {
      allow: (peer) => {
        if (this.#isCurrent(list)) native.allow(peer);
      },
      remove: (peer) => {
        if (this.#isCurrent(list)) native.disallow(peer);
      },
    };
    this.#closedGate = { list, onRefused: options.onRefused };
    if (this.#closed === undefined) native.closeGate([...options.openAlpns]);
    return list;
  }

  stats(): NodeStats {
    const native = this.#reactor.native.stats();
    return {
      connections: this.#reactor.connections + native.linkedConnections,
      refused: native.refused,
      channels: this.#reactor.channels,
      queuedBytes: native.queuedBytes,
      nativeHandles: native.handles,
      sentBytes: native.sentBytes,
      receivedBytes: native.receivedBytes,
    };
  }

  async close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = new TransportError("closed", "this node is closed; create a new one");
      this.#reactor.keepAlive.hold();
      this.#endAcceptors();
      this.#reactor.commands.flush();
      this.#reactor.native.close();
    }
    await this.#down;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  arrive(connection: QuicConnection): void {
    const acceptor = this.#acceptors.get(connection.alpn);
    if (acceptor === undefined) connection.close(ResetCode.NoError, "no longer served");
    else acceptor.offer(connection);
  }

  /**
   * Decides about a peer. A gate that throws, or returns anything but `true`, refuses it. The
   * native side refuses it when the decision takes too long.
   */
  async ask(question: number, peer: EndpointId, alpn: string): Promise<void> {
    let admitted = false;
    try {
      admitted = (await this.#gate?.({ peer, alpn })) === true;
    } catch {
      admitted = false;
    }
    this.#reactor.commands.admit(question, admitted);
  }

  /** Reports connections that the native side refused. */
  refuse(refused: RefusedConnections): void {
    try {
      this.#closedGate?.onRefused?.(refused);
    } catch {
      // a failing report must not end the delivery of events
    }
  }

  /** The native side is down: after `close`, or because of a fault. */
  lose(fault: TransportError | undefined): void {
    this.#closed ??= fault ?? new TransportError("closed", "this node is closed");
    this.#endAcceptors();
  }

  #isCurrent(list: AllowList): boolean {
    return this.#closedGate?.list === list && this.#closed === undefined;
  }

  #endAcceptors(): void {
    for (const acceptor of new Set(this.#acceptors.values())) void acceptor.return();
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) {
      throw new TransportError("closed", "this node is closed; create a new one", {
        cause: this.#closed,
      });
    }
  }
}
