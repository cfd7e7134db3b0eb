import type { CodecError } from "@aster/codec";
import type { SerializationMode, ServiceDefinition } from "@aster/contract";
import {
  type BufferObserver,
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  FrameFlag,
  ResetCode,
} from "@aster/transport";
import type { PeerRecord } from "@aster/trust";
import { RpcError } from "../error.ts";
import { Metadata } from "../metadata.ts";
import { splitForyHeader } from "../protocol/header.ts";
import type { WireMode } from "../protocol/mode.ts";
import { detectForm, type ProtocolForm } from "../protocol/structs.ts";
import { ServerSession } from "../session/server-session.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { deadlineAtOf } from "../time/deadline.ts";
import { AdmittedCall } from "./admitted-call.ts";
import type { Admission, AdmittedSession, CalledMethod, CallOwner } from "./call-owner.ts";
import { exhausted, notAdmitted } from "./errors.ts";
import type { GatedConnection } from "./gated-connections.ts";
import type { HostedService } from "./hosted-service.ts";
import { KnownPeer } from "./known-peer.ts";
import { metadataOf, type OpenedHeader, openHeader } from "./opened-header.ts";
import type { PeerBudget } from "./peer-budget.ts";
import { missingCapability, missingForService } from "./requirement.ts";
import type { Route, RouteCoding } from "./route.ts";
import { RunningCalls } from "./running-calls.ts";
import { ServerCall } from "./server-call.ts";
import { ServerContext } from "./server-context.ts";
import type { ServerCore } from "./server-core.ts";
import { UnreadAnswer } from "./unread-answer.ts";

/** Flags that contradict HEADER on the same frame. */
const CONTRADICTORY_FLAGS =
  FrameFlag.Compressed |
  FrameFlag.Trailer |
  FrameFlag.RowSchema |
  FrameFlag.Call |
  FrameFlag.Cancel;

/**
 * The connection of one peer: reads the headers of its streams, admits its calls and sessions, and
 * counts them.
 *
 * `Server.handle` creates it. It makes a `ServerCall` for every channel that the peer opens and
 * lives as long as the transport connection.
 */
export class ServerConnection implements CallOwner, BufferObserver, GatedConnection {
  readonly core: ServerCore;
  readonly peer: EndpointId;
  readonly budget: PeerBudget;
  readonly faultCode: StatusCode = StatusCode.UNKNOWN;
  readonly running: RunningCalls | undefined;
  readonly #connection: Connection;
  readonly #known: KnownPeer;
  readonly #open = new Set<ServerSession>();
  /** The routes that the peer may call, as of a number of changes in the directory. */
  readonly #permitted = new Set<Route>();
  #permittedAt = 0;
  #calls = 0;
  #sessions = 0;
  #resets = 0;
  #resetsSince = 0;

  constructor(core: ServerCore, connection: Connection) {
    this.core = core;
    this.peer = connection.peer;
    this.budget = core.budget.peerOf(connection);
    this.#connection = connection;
    this.#known = new KnownPeer(this.peer, core.peers);
    // callers in this program need no admission
    if (core.requiresAdmission && !connection.trusted) {
      this.running = new RunningCalls();
      core.gated.add(this, connection.closed);
    }
    core.log?.connections.opened(connection);
    connection.observe?.(this);
    connection.accept((channel) => {
      core.countStream();
      channel.read(new ServerCall(this, channel));
    });
  }

  /** Checks in the order of docs/wire.md, "Calls". */
  admit(flags: number, payload: Uint8Array): Admission {
    const { core } = this;
    let form = detectForm(payload);
    let header: OpenedHeader | undefined;
    let route: Route | undefined;
    try {
      checkFlags(flags);
      // the parts stay in this scope, so that the compiler need not allocate them
      const parts = splitForyHeader(payload);
      const known = parts && core.routes.find(payload, parts.suffixOffset);
      if (parts !== undefined && known !== undefined) {
        form = known.mode === "json" ? "json" : "fory";
        route = known.route;
        const startedAt = now();
        const context = this.enter(route, Metadata.empty, parts.deadlineEpochMs, "", startedAt);
        return new AdmittedCall(this, route, known.mode, context, startedAt);
      }
      header = openHeader(payload, core.limits);
      form = header.form;
      if (header.method === "") return this.#admitSession(header);
      route = core.router.find(header);
      return this.#admitCall(route, header, payload);
    } catch (error) {
      return { kind: "refused", form, called: calledOf(route, header), error };
    }
  }

  /**
   * Checks the peer and the deadline. `callId` is the id that the caller sent, empty for none.
   * `startedAt` is a reading of `now()` of this turn. `instance` serves the call if it belongs to a
   * session.
   *
   * Throws UNAUTHENTICATED, PERMISSION_DENIED, DEADLINE_EXCEEDED or UNAVAILABLE.
   */
  enter(
    route: Route,
    metadata: Metadata,
    deadlineEpochMs: number,
    callId: string,
    startedAt: number,
    instance?: object,
  ): ServerContext {
    const { core, peer } = this;
    const { deadlineSkewMs } = core.limits;
    if (this.running !== undefined || route.guarded) this.#checkAccess(route);
    const deadlineAt =
      deadlineEpochMs === 0
        ? Number.POSITIVE_INFINITY
        : deadlineAtOf(deadlineEpochMs, deadlineSkewMs, startedAt);
    core.checkDraining();
    return new ServerContext(
      route,
      peer,
      this.#known,
      metadata,
      deadlineEpochMs,
      deadlineAt,
      callId,
      instance,
    );
  }

  /** Counts a session out, after `onSessionClose` of its instance has returned. */
  forget(session: ServerSession, service: HostedService): void {
    this.#open.delete(session);
    this.#sessions -= 1;
    service.sessions -= 1;
    this.core.sessions.remove(session);
  }

  lapse(): void {
    this.running?.endAll(notAdmitted);
    for (const session of [...this.#open]) session.endWith(notAdmitted());
  }

  unreadable(error: CodecError): RpcError {
    return RpcError.from(error);
  }

  unsent(change: number): void {
    this.budget.changeUnsent(change);
  }

  unfinished(channel: Channel): void {
    const { core, budget } = this;
    core.addCall(budget);
    new UnreadAnswer(core.unread, channel, {
      left: () => core.removeCall(budget),
      stalled: () => this.stalled(channel),
    });
  }

  arriving(change: number): void {
    this.core.budget.changeArriving(change);
  }

  kept(change: number): void {
    this.budget.changeKept(change);
  }

  mayKeep(bytes: number): boolean {
    return this.budget.mayKeep(bytes);
  }

  stalled(channel: Channel): void {
    channel.reset(ResetCode.Cancelled);
  }

  begin(call: AdmittedCall): void {
    const { maxCallsPerConnection } = this.core.limits;
    if (this.#calls >= maxCallsPerConnection) {
      throw exhausted(`${maxCallsPerConnection} calls of this connection`, "maxCallsPerConnection");
    }
    this.core.begin(call.route, this.budget);
    this.#calls += 1;
    call.counted = true;
  }

  release(call: AdmittedCall): void {
    if (!call.counted) return;
    this.#calls -= 1;
    this.core.release(call.route, this.budget);
  }

  coding(route: Route, form: WireMode): RouteCoding {
    return route.coding(form, this.core.packing);
  }

  /**
   * Opening channels and cancelling or spoiling their calls costs the server more than the peer, so
   * a peer that does it too often is disconnected. Peers in the same process are trusted.
   */
  countReset(): void {
    if (this.#connection.trusted) return;
    const { maxResets, resetWindowMs } = this.core.limits;
    const at = now();
    if (at - this.#resetsSince > resetWindowMs) {
      this.#resetsSince = at;
      this.#resets = 0;
    }
    this.#resets += 1;
    if (this.#resets > maxResets)
      this.#connection.close(ResetCode.RefusedStream, "too_many_resets");
  }

  #admitCall(route: Route, header: OpenedHeader, payload: Uint8Array): AdmittedCall {
    const { core } = this;
    const mode = header.mode as SerializationMode;
    const metadata = metadataOf(header, core.limits);
    if (metadata.size === 0 && header.callId === "") core.routes.add(payload, { route, mode });
    const { deadlineEpochMs, callId } = header;
    const startedAt = now();
    const context = this.enter(route, metadata, deadlineEpochMs, callId, startedAt);
    return new AdmittedCall(this, route, mode, context, startedAt);
  }

  #admitSession(header: OpenedHeader): AdmittedSession {
    const { form, mode } = header;
    const service = this.core.router.findSession(header);
    // they are checked for their limits and not used
    metadataOf(header, this.core.limits);
    return {
      kind: "session",
      form,
      called: calledOf(undefined, header),
      open: (channel) => this.#openSession(channel, service, mode, form),
    };
  }

  #openSession(
    channel: Channel,
    service: HostedService,
    mode: string,
    form: ProtocolForm,
  ): ChannelSink {
    const { core } = this;
    const { maxSessionsPerConnection } = core.limits;
    this.#checkSession(service.definition);
    core.checkDraining();
    if (this.#sessions >= maxSessionsPerConnection) {
      const sessions = `${maxSessionsPerConnection} sessions of this connection`;
      throw exhausted(sessions, "maxSessionsPerConnection");
    }
    const { name, maxConcurrentStreams } = service.definition;
    if (maxConcurrentStreams !== undefined && service.sessions >= maxConcurrentStreams) {
      throw exhausted(`${maxConcurrentStreams} sessions of ${name}`, "maxConcurrentStreams");
    }
    const session = new ServerSession(this, channel, { service, mode, form });
    this.#open.add(session);
    this.#sessions += 1;
    service.sessions += 1;
    core.sessions.add(session);
    return session;
  }

  /** Throws UNAUTHENTICATED or PERMISSION_DENIED. */
  #checkAccess(route: Route): void {
    const permitted = this.#permitted;
    const changes = this.core.peers?.changes;
    if (changes === this.#permittedAt && permitted.has(route)) return;
    const record = this.#admission(route.title);
    const refusal = route.guarded ? missingCapability(route, record?.roles) : undefined;
    if (refusal !== undefined) throw this.#denied(route.title, refusal);
    if (changes === undefined) return;
    if (changes !== this.#permittedAt) permitted.clear();
    this.#permittedAt = changes;
    permitted.add(route);
  }

  #checkSession(definition: ServiceDefinition): void {
    const record = this.#admission(definition.name);
    const refusal = missingForService(definition, record?.roles);
    if (refusal !== undefined) throw this.#denied(definition.name, refusal);
  }

  /** The admission of the peer. Throws UNAUTHENTICATED if it needs one and has none. */
  #admission(method: string): PeerRecord | undefined {
    const { core, peer } = this;
    const record = core.peers?.get(peer);
    if (record !== undefined || this.running === undefined) return record;
    core.denied({ gate: 0, peer, method, cause: "not-admitted" });
    throw notAdmitted();
  }

  #denied(method: string, error: RpcError): RpcError {
    this.core.denied({ gate: 3, peer: this.peer, method, cause: "capability", error });
    return error;
  }
}

/** The names of a call that is refused, as far as they are known. */
function calledOf(route: Route | undefined, header: OpenedHeader | undefined): CalledMethod {
  return {
    service: header?.service ?? route?.service.definition.name ?? "",
    method: header?.method ?? route?.method.name ?? "",
    callId: header?.callId ?? "",
    pattern: route?.method.pattern,
  };
}

function checkFlags(flags: number): void {
  if ((flags & FrameFlag.Header) === 0) {
    throw new RpcError(StatusCode.INTERNAL, "First frame must have HEADER flag");
  }
  if ((flags & CONTRADICTORY_FLAGS) !== 0) {
    throw new RpcError(StatusCode.INTERNAL, `a header with the contradictory flags ${flags}`);
  }
}
