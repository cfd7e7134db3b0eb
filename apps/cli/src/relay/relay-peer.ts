import { randomBytes } from "node:crypto";
import type { WebSocket } from "ws";
import { ID_BYTES } from "./handshake.ts";

/** Frames of the relay protocol. Each starts with its number. */
const Frame = {
  ClientToRelayDatagram: 4,
  ClientToRelayDatagramBatch: 5,
  RelayToClientDatagram: 6,
  RelayToClientDatagramBatch: 7,
  EndpointGone: 8,
  Ping: 9,
  Pong: 10,
  Status: 13,
} as const;

const PING_MS = 15_000;
const PING_BYTES = 8;
/** Datagrams for a node that does not read them are dropped, as a network does. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024;
const SAME_ID_CONNECTED = 1;

/** Takes the datagrams of a node for another one. */
export type Forward = (target: string, send: (peer: RelayPeer) => boolean) => void;

/** The connection of one node to the relay. */
export class RelayPeer {
  readonly id: string;
  /** The nodes to which this one has sent. They get a message when it leaves. */
  readonly targets = new Set<string>();
  readonly #socket: WebSocket;
  readonly #key: Uint8Array;
  readonly #timer: NodeJS.Timeout;
  #isAnswered = true;

  constructor(id: string, socket: WebSocket, forward: Forward) {
    this.id = id;
    this.#key = Buffer.from(id, "hex");
    this.#socket = socket;
    this.#timer = setInterval(() => this.#ping(), PING_MS).unref();
    socket.on("message", (frame: Buffer) => this.#take(frame, forward));
    socket.on("close", () => clearInterval(this.#timer));
  }

  /** Another connection of the same node takes the place of this one. */
  replace(): void {
    this.#socket.send(Uint8Array.of(Frame.Status, SAME_ID_CONNECTED));
  }

  /** A node that has sent to this one has left. */
  gone(id: string): void {
    this.#socket.send(Buffer.concat([Uint8Array.of(Frame.EndpointGone), Buffer.from(id, "hex")]));
  }

  #take(frame: Buffer, forward: Forward): void {
    switch (frame[0]) {
      case Frame.Ping:
        this.#socket.send(Buffer.concat([Uint8Array.of(Frame.Pong), frame.subarray(1)]));
        break;
      case Frame.Pong:
        this.#isAnswered = true;
        break;
      case Frame.ClientToRelayDatagram:
      case Frame.ClientToRelayDatagramBatch: {
        if (frame.length <= 1 + ID_BYTES) {
          this.#socket.terminate();
          return;
        }
        const target = frame.toString("hex", 1, 1 + ID_BYTES);
        // the same frame with the sender in place of the target, and the number of the other side
        frame[0] = (frame[0] ?? 0) + 2;
        frame.set(this.#key, 1);
        this.targets.add(target);
        forward(target, (peer) => peer.#pass(frame));
        break;
      }
      default:
        this.#socket.terminate();
    }
  }

  #pass(frame: Buffer): boolean {
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) return false;
    this.#socket.send(frame);
    return true;
  }

  #ping(): void {
    if (!this.#isAnswered) {
      this.#socket.terminate();
      return;
    }
    this.#isAnswered = false;
    this.#socket.send(Buffer.concat([Uint8Array.of(Frame.Ping), randomBytes(PING_BYTES)]));
  }
}
