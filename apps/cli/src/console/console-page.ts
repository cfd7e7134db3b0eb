import {
  type BridgeMessage,
  type CallMessage,
  type PageMessage,
  pageMessage,
} from "@aster/console/protocol";
import type { AsterClient } from "@aster/rpc";
import type { WebSocket } from "ws";
import { callFailure, unknownName } from "../call/call-failure.ts";
import type { Callee, CalleeMethod } from "../call/callee.ts";
import { openCallee } from "../call/open-callee.ts";
import type { CommandContext } from "../command/context.ts";
import { usageFailure } from "../command/failure.ts";
import { stringifyExact } from "../files/exact-json.ts";
import type { ConsolePeers } from "./console-peers.ts";
import type { MetricsSource } from "./metrics-source.ts";
import { PageCall } from "./page-call.ts";
import { PageSessions } from "./page-sessions.ts";
import { serviceViews } from "./service-views.ts";

export interface ConsoleSurroundings {
  readonly context: CommandContext;
  readonly peers: ConsolePeers;
  /** The source of contracts. Default: the peer. */
  readonly contract: string | undefined;
  readonly metrics: MetricsSource | undefined;
}

type Handlers = {
  readonly [T in PageMessage["type"]]: (message: Extract<PageMessage, { type: T }>) => unknown;
};

type Handle = (message: PageMessage) => unknown;

/** One page that is connected to the console. Its calls and sessions end with it. */
export class ConsolePage {
  readonly #surroundings: ConsoleSurroundings;
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, PageCall>();
  #sessions = new PageSessions();
  #callees = new Map<string, Promise<Callee>>();
  #client: AsterClient | undefined;
  #unwatch: (() => void) | undefined;
  readonly #handlers: Handlers = {
    connect: ({ address }) => this.connect(address),
    call: (message) => this.#call(message),
    send: ({ id, request }) => this.#calls.get(id)?.push(request),
    end: ({ id }) => this.#calls.get(id)?.end(),
    cancel: ({ id }) => this.#calls.get(id)?.cancel(),
    flow: ({ id, credit, paused }) => this.#calls.get(id)?.grant(credit, paused),
    openSession: ({ session, service }) => this.#openSession(session, service),
    closeSession: ({ session }) => this.#closeSession(session),
    watch: ({ on }) => this.#watch(on),
  };

  constructor(surroundings: ConsoleSurroundings, socket: WebSocket) {
    this.#surroundings = surroundings;
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(String(data)));
    socket.on("close", () => void this.#close());
    // followed by "close"
    socket.on("error", () => {});
  }

  send(message: BridgeMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(stringifyExact(message));
  }

  /** Connects the page to a peer and sends its services, or the failure. */
  async connect(address: string): Promise<void> {
    const { context, peers, contract } = this.#surroundings;
    this.send({ type: "peer", peer: { state: "connecting", address } });
    try {
      const client = await peers.client(address);
      const services = await serviceViews(context, client, contract);
      await this.#leave();
      this.#client = client;
      const { peer: endpointId } = client;
      this.send({ type: "peer", peer: { state: "connected", address, endpointId, services } });
    } catch (error) {
      const { fields } = await callFailure(error);
      this.send({ type: "peer", peer: { state: "failed", address, error: fields } });
    }
  }

  #receive(text: string): void {
    const message = messageOf(text);
    // the handlers send their own failures
    if (message !== undefined) void (this.#handlers[message.type] as Handle)(message);
    else this.#socket.close(1008, "not a message of the page");
  }

  async #call(message: CallMessage): Promise<void> {
    const { id } = message;
    if (this.#calls.has(id)) return this.#socket.close(1008);
    const call = new PageCall(message, (answer) => this.send(answer));
    this.#calls.set(id, call);
    await call.run(() => this.#method(message), this.#surroundings.context.timeoutMs);
    this.#calls.delete(id);
  }

  async #method({ service, method, pattern, session }: CallMessage): Promise<CalleeMethod> {
    const callee =
      session === undefined ? await this.#callee(service) : await this.#sessions.get(session);
    const found = callee.method(method, pattern);
    if (found === undefined) throw unknownName("method", method, callee.names ?? []);
    return found;
  }

  #callee(service: string): Promise<Callee> {
    const known = this.#callees.get(service);
    if (known !== undefined) return known;
    const opened = this.#open(service, false);
    this.#callees.set(service, opened);
    opened.catch(() => this.#callees.delete(service));
    return opened;
  }

  async #open(service: string, session: boolean): Promise<Callee> {
    const { context, contract } = this.#surroundings;
    if (this.#client === undefined) {
      throw usageFailure("the console is not connected to a peer", "connect first");
    }
    return await openCallee(context, this.#client, { service, session, contract, mode: undefined });
  }

  async #openSession(session: number, service: string): Promise<void> {
    const closed = (): void => this.send({ type: "session", session, state: "closed" });
    try {
      await this.#sessions.open(session, () => this.#open(service, true), closed);
      this.send({ type: "session", session, state: "open" });
    } catch (error) {
      const { fields } = await callFailure(error);
      this.send({ type: "session", session, state: "failed", error: fields });
    }
  }

  async #closeSession(session: number): Promise<void> {
    await this.#sessions.close(session).catch(() => {});
    this.send({ type: "session", session, state: "closed" });
  }

  #watch(on: boolean): void {
    this.#unwatch?.();
    this.#unwatch = on
      ? this.#surroundings.metrics?.watch((message) => this.send(message))
      : undefined;
  }

  /** Ends what belongs to the present peer. */
  async #leave(): Promise<void> {
    for (const call of this.#calls.values()) call.cancel();
    const [sessions, callees] = [this.#sessions, [...this.#callees.values()]];
    this.#sessions = new PageSessions();
    this.#callees = new Map();
    await sessions[Symbol.asyncDispose]();
    for (const callee of await Promise.allSettled(callees)) {
      if (callee.status === "fulfilled") await callee.value[Symbol.asyncDispose]();
    }
  }

  async #close(): Promise<void> {
    this.#watch(false);
    await this.#leave();
  }
}

function messageOf(text: string): PageMessage | undefined {
  try {
    return pageMessage.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
