// A relay for development: the protocol of iroh-relay over HTTP without TLS.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { Challenge, CONFIRMED } from "./handshake.ts";
import { RelayPeer } from "./relay-peer.ts";

const PATH = "/relay";
const PROTOCOLS = ["iroh-relay-v2", "iroh-relay-v1"];
const MOST_FRAME_BYTES = 1024 * 1024;
const HANDSHAKE_MS = 10_000;
const PROBE = { challenge: "x-iroh-challenge", response: "X-Iroh-Response" };

/** A node that came or went. */
export interface RelayEvent {
  readonly event: "connected" | "disconnected";
  readonly endpointId: string;
  /** The connections of nodes that are open now. */
  readonly connections: number;
}

/** The datagrams that were passed on. */
export interface RelayStats {
  readonly datagrams: number;
  readonly dropped: number;
}

/** A relay, which passes the datagrams of nodes on to each other without a look inside. */
export class Relay implements AsyncDisposable {
  readonly url: string;
  readonly #http: ReturnType<typeof createServer>;
  readonly #sockets: WebSocketServer;
  readonly #peers = new Map<string, RelayPeer>();
  readonly #onEvent: (event: RelayEvent) => void;
  #connections = 0;
  #datagrams = 0;
  #dropped = 0;

  private constructor(
    http: ReturnType<typeof createServer>,
    sockets: WebSocketServer,
    onEvent: (event: RelayEvent) => void,
  ) {
    const { address, family, port } = http.address() as AddressInfo;
    this.url = `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    this.#http = http;
    this.#sockets = sockets;
    this.#onEvent = onEvent;
    sockets.on("connection", (socket) => this.#greet(socket));
  }

  /** Starts a relay. Rejects with the error of the operating system. */
  static async start(
    host: string,
    port: number,
    onEvent: (event: RelayEvent) => void,
  ): Promise<Relay> {
    const http = createServer(answerProbe);
    const sockets = new WebSocketServer({
      server: http,
      path: PATH,
      maxPayload: MOST_FRAME_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
    });
    // it repeats the errors of the server
    sockets.on("error", () => {});
    http.listen(port, host);
    await once(http, "listening");
    return new Relay(http, sockets, onEvent);
  }

  stats(): RelayStats {
    return { datagrams: this.#datagrams, dropped: this.#dropped };
  }

  /** Ends all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, "close");
  }

  #greet(socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    const challenge = new Challenge();
    socket.send(challenge.frame);
    const timer = setTimeout(() => socket.terminate(), HANDSHAKE_MS).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.once("message", (answer: Buffer) => {
      clearTimeout(timer);
      const id = challenge.provenBy(answer);
      if (id === undefined) socket.terminate();
      else this.#admit(id, socket);
    });
  }

  #admit(id: string, socket: WebSocket): void {
    socket.send(CONFIRMED);
    const peer = new RelayPeer(id, socket, (target, send) => this.#forward(target, send));
    this.#peers.get(id)?.replace();
    this.#peers.set(id, peer);
    this.#connections += 1;
    this.#onEvent({ event: "connected", endpointId: id, connections: this.#connections });
    socket.once("close", () => this.#leave(peer));
  }

  #forward(target: string, send: (peer: RelayPeer) => boolean): void {
    const peer = this.#peers.get(target);
    if (peer !== undefined && send(peer)) this.#datagrams += 1;
    else this.#dropped += 1;
  }

  #leave(peer: RelayPeer): void {
    const { id, targets } = peer;
    this.#connections -= 1;
    if (this.#peers.get(id) === peer) {
      this.#peers.delete(id);
      for (const target of targets) this.#peers.get(target)?.gone(id);
    }
    this.#onEvent({ event: "disconnected", endpointId: id, connections: this.#connections });
  }
}

/** Answers the requests with which nodes measure the way to the relay. */
function answerProbe({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(url, "http://relay");
  if (pathname === "/ping") {
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end();
    return;
  }
  if (pathname !== "/generate_204") {
    response.writeHead(404).end("This is a relay for development. Nodes connect to /relay.\n");
    return;
  }
  const challenge = headers[PROBE.challenge];
  if (typeof challenge === "string" && /^[\w.-]{1,64}$/.test(challenge)) {
    response.setHeader(PROBE.response, `response ${challenge}`);
  }
  response.writeHead(204).end();
}
