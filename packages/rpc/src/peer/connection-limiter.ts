import { type Connection, type EndpointId, ResetCode } from "@aster/transport";
import { sourceOf } from "./source.ts";

/** Every connection holds buffers, so that their number has to be bounded. */
export const MAX_CONNECTIONS = 1024;
/** The connections of peers that are not admitted, beside those of admitted peers. */
export const MAX_UNADMITTED = 128;
/** A client has one, or two while it reconnects; a few clients may share a node and so its key. */
const MAX_CONNECTIONS_PER_PEER = 8;

export interface TakenConnection {
  readonly connection: Connection;
  /** The peer is admitted when it connects. */
  readonly admitted: boolean;
  /** Returns true while nothing is lost when the connection is closed. */
  readonly idle: () => boolean;
}

/**
 * Limits the connections of a server, and closes them together. Admitted peers and others have
 * limits of their own, so that strangers cannot keep admitted peers out. Per protocol a key has at
 * most 8 connections.
 *
 * When a limit is reached, a new connection replaces an idle one: the oldest of the key that has
 * the most. It replaces one of an admitted peer only if that peer still has at least as many
 * connections as the new one's. Strangers compete without that rule, because keys cost nothing:
 * there the source with the most connections loses one, and in it the key with the most.
 */
export class ConnectionLimiter {
  readonly #opened = new Set<Connection>();
  readonly #admitted = new Pot(MAX_CONNECTIONS);
  readonly #unadmitted = new Pot(MAX_UNADMITTED);
  #taken = 0;

  /** Counts a connection until it ends, or closes it at once and returns `false`. */
  take(taken: TakenConnection): boolean {
    const { connection, admitted } = taken;
    const pot = admitted ? this.#admitted : this.#unadmitted;
    if (!pot.hasRoomFor(connection) || (pot.isFull && !pot.makeRoom(connection, admitted))) {
      refuse(connection);
      return false;
    }
    pot.add(taken);
    this.#taken += 1;
    return true;
  }

  /** Closes the connections of a peer under one protocol. */
  closeOf(peer: EndpointId, alpn: string, code: number, reason: string): void {
    for (const pot of [this.#admitted, this.#unadmitted]) {
      for (const connection of pot.connectionsOf({ peer, alpn })) connection.close(code, reason);
    }
  }

  /** Adds a connection that the server itself opened. It counts towards no limit. */
  keep(connection: Connection): void {
    this.#opened.add(connection);
    void connection.closed.then(() => this.#opened.delete(connection));
  }

  /** The number of connections that `take` has counted since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Returns true while strangers have at least half of their connections. */
  get isCrowded(): boolean {
    return this.#unadmitted.size >= MAX_UNADMITTED / 2;
  }

  close(reason: string): void {
    const connections = [
      ...this.#opened,
      ...this.#admitted.connections(),
      ...this.#unadmitted.connections(),
    ];
    for (const connection of connections) connection.close(ResetCode.NoError, reason);
  }
}

/** The connections that share one limit, by key and protocol. The oldest come first. */
class Pot {
  readonly #limit: number;
  readonly #byKey = new Map<string, Set<TakenConnection>>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#limit;
  }

  hasRoomFor(connection: Connection): boolean {
    return this.#countOf(connection) < MAX_CONNECTIONS_PER_PEER;
  }

  add(taken: TakenConnection): void {
    const key = keyOf(taken.connection);
    const ofKey = this.#byKey.get(key);
    if (ofKey === undefined) this.#byKey.set(key, new Set([taken]));
    else ofKey.add(taken);
    this.#size += 1;
    void taken.connection.closed.then(() => this.#remove(taken));
  }

  /** Closes an idle connection in favour of a new one. Returns `false` if there is none. */
  makeRoom(connection: Connection, isFair: boolean): boolean {
    for (const crowd of isFair ? this.#largerThan(connection) : this.#bySource()) {
      for (const taken of crowd) {
        if (!taken.idle()) continue;
        this.#remove(taken);
        refuse(taken.connection);
        return true;
      }
    }
    return false;
  }

  connectionsOf(key: ConnectionKey): Connection[] {
    return [...(this.#byKey.get(keyOf(key)) ?? [])].map(({ connection }) => connection);
  }

  /** The connections of keys that would keep as many as a new one's has, the most first. */
  #largerThan(connection: Connection): readonly Iterable<TakenConnection>[] {
    const least = this.#countOf(connection) + 2;
    const crowds = [...this.#byKey.values()].filter(({ size }) => size >= least);
    // a stable sort keeps the oldest first among equals
    return crowds.sort((a, b) => b.size - a.size);
  }

  /** The connections of each key, those of the source with the most first. */
  #bySource(): readonly Iterable<TakenConnection>[] {
    const sizes = new Map<string, number>();
    const crowds = new Map<string, { readonly source: string; readonly all: TakenConnection[] }>();
    for (const [key, ofKey] of this.#byKey) {
      for (const taken of ofKey) {
        const source = sourceOf(taken.connection.remoteAddress);
        sizes.set(source, (sizes.get(source) ?? 0) + 1);
        const known = crowds.get(`${source} ${key}`);
        if (known === undefined) crowds.set(`${source} ${key}`, { source, all: [taken] });
        else known.all.push(taken);
      }
    }
    const size = (source: string) => sizes.get(source) ?? 0;
    return [...crowds.values()]
      .sort((a, b) => size(b.source) - size(a.source) || b.all.length - a.all.length)
      .map(({ all }) => all);
  }

  *connections(): Iterable<Connection> {
    for (const ofKey of this.#byKey.values()) {
      for (const { connection } of ofKey) yield connection;
    }
  }

  #countOf(connection: Connection): number {
    return this.#byKey.get(keyOf(connection))?.size ?? 0;
  }

  #remove(taken: TakenConnection): void {
    const key = keyOf(taken.connection);
    const ofKey = this.#byKey.get(key);
    if (!ofKey?.delete(taken)) return;
    this.#size -= 1;
    if (ofKey.size === 0) this.#byKey.delete(key);
  }
}

type ConnectionKey = Pick<Connection, "alpn" | "peer">;

function keyOf({ alpn, peer }: ConnectionKey): string {
  return `${alpn} ${peer}`;
}

function refuse(connection: Connection): void {
  connection.close(ResetCode.RefusedStream, "too many connections");
}
