import type { CodecError } from "@aster/codec";
import type { SerializationMode } from "@aster/contract";
import {
  type Channel,
  type ChannelSink,
  type Connection,
  type EndpointId,
  FrameFlag,
  ResetCode,
} from "@aster/transport";
import { RpcError } from "../error.ts";
import { Metadata } from "../metadata.ts";
import type { WireMode } from "../protocol/mode.ts";
import { formOf, type ProtocolForm } from "../protocol/structs.ts";
import { ServerSession } from "../session/server-session.ts";
import { StatusCode } from "../status.ts";
import { now } from "../time/clock.ts";
import { deadlineAtOf } from "../time/deadline.ts";
import type { AdmittedCall } from "./admitted-call.ts";
import type { CallOwner } from "./call-owner.ts";
import type { HostedService } from "./hosted-service.ts";
import { metadataOf, openHeader } from "./opened-header.ts";
import { checkRequirements, checkServiceRequirement } from "./requirement.ts";
import type { Route, RouteCoding } from "./route.ts";
import type { KnownRoute } from "./route-cache.ts";
import type { Server } from "./server.ts";
import { ServerCall } from "./server-call.ts";
import { ServerContext } from "./server-context.ts";

const OTHER_FLAGS =
  FrameFlag.Compressed |
  FrameFlag.Trailer |
  FrameFlag.RowSchema |
  FrameFlag.Call |
  FrameFlag.Cancel;

/** One peer of a server: lets its calls in and counts them. */
export class ServerConnection implements CallOwner {
  readonly server: Server;
  readonly peer: EndpointId;
  form: ProtocolForm = "fory";
  readonly faultCode: StatusCode = StatusCode.UNKNOWN;
  readonly #connection: Connection;
  #opened: HostedService | undefined;
  /** The mode of the session that is being opened. */
  #openedMode = "";
  #calls = 0;
  #sessions = 0;
  #resets = 0;
  #resetsSince = 0;

  constructor(server: Server, connection: Connection) {
    this.server = server;
    this.peer = connection.peer;
    this.#connection = connection;
    connection.accept((channel) => {
      server.countStream();
      channel.read(new ServerCall(this, channel));
    });
  }

  /** Checks in the order of docs/wire.md, "Calls". */
  admit(flags: number, payload: Uint8Array): AdmittedCall | undefined {
    this.form = formOf(payload);
    checkFlags(flags);
    const { server } = this;
    const known = server.routes.find(payload);
    if (known !== undefined) {
      this.form = known.mode === "json" ? "json" : "fory";
      return this.enter(known, Metadata.empty, server.routes.deadlineEpochMs);
    }
    const header = openHeader(payload, server.limits);
    this.form = header.form;
    if (header.method === "") {
      this.#opened = server.router.findSession(header);
      this.#openedMode = header.mode;
      metadataOf(header, server.limits);
      return undefined;
    }
    const route = server.router.find(header);
    const metadata = metadataOf(header, server.limits);
    const found = { route, mode: header.mode as SerializationMode };
    if (metadata.size === 0 && header.callId === "") server.routes.learn(payload, found);
    return this.enter(found, metadata, header.deadlineEpochMs);
  }

  session(channel: Channel): ChannelSink {
    const { server, peer } = this;
    const service = this.#opened as HostedService;
    const { maxSessionsPerConnection } = server.limits;
    this.#checkAdmission();
    checkServiceRequirement(service.definition, peer, server.peers);
    server.checkDraining();
    if (this.#sessions >= maxSessionsPerConnection) {
      throw new RpcError(
        StatusCode.RESOURCE_EXHAUSTED,
        `this connection has ${maxSessionsPerConnection} sessions already (maxSessionsPerConnection)`,
        { details: { reason: "limit.maxSessionsPerConnection" } },
      );
    }
    const { name, maxConcurrentStreams } = service.definition;
    if (maxConcurrentStreams !== undefined && service.sessions >= maxConcurrentStreams) {
      throw exhausted(`${maxConcurrentStreams} sessions of ${name}`, "maxConcurrentStreams");
    }
    const session = new ServerSession(this, channel, service, this.#openedMode);
    this.#sessions += 1;
    service.sessions += 1;
    server.sessions.add(session);
    return session;
  }

  /** A session has been closed, and its service has heard of it. */
  forget(session: ServerSession, service: HostedService): void {
    this.#sessions -= 1;
    service.sessions -= 1;
    this.server.sessions.remove(session);
  }

  unreadable(error: CodecError): RpcError {
    return RpcError.from(error);
  }

  release(route: Route): void {
    this.#calls -= 1;
    this.server.release(route);
  }

  coding(route: Route, form: WireMode): RouteCoding {
    return route.coding(form, this.server.plainBytes);
  }

  /** Opening and resetting channels costs the server more than the peer, so a peer outside this program has a budget. */
  countReset(): void {
    if (this.#connection.trusted) return;
    const { maxResets, resetWindowMs } = this.server.limits;
    const at = now();
    if (at - this.#resetsSince > resetWindowMs) {
      this.#resetsSince = at;
      this.#resets = 0;
    }
    this.#resets += 1;
    if (this.#resets > maxResets)
      this.#connection.close(ResetCode.RefusedStream, "too_many_resets");
  }

  /** Counts a call in that nothing speaks against. `instance` serves it, where it is one of a session. */
  enter(
    { route, mode }: KnownRoute,
    metadata: Metadata,
    deadlineEpochMs: number,
    instance?: object,
  ): AdmittedCall {
    const { server, peer } = this;
    const { deadlineSkewMs, handlerTimeoutMs, maxCallsPerConnection } = server.limits;
    this.#checkAdmission();
    checkRequirements(route, peer, server.peers);
    const never = Number.POSITIVE_INFINITY;
    const deadlineAt =
      deadlineEpochMs === 0 ? never : deadlineAtOf(deadlineEpochMs, deadlineSkewMs);
    const capped = deadlineAt === never && route.method.pattern !== "bidi_stream";
    if (this.#calls >= maxCallsPerConnection) {
      throw exhausted(`${maxCallsPerConnection} calls of this connection`, "maxCallsPerConnection");
    }
    server.begin(route);
    this.#calls += 1;
    return {
      route,
      mode,
      context: new ServerContext(
        route,
        peer,
        server.peers,
        metadata,
        deadlineEpochMs,
        deadlineAt,
        instance,
      ),
      timeoutAt: capped ? now() + handlerTimeoutMs : deadlineAt,
    };
  }

  #checkAdmission(): void {
    const { server, peer } = this;
    if (!server.requiresAdmission || server.peers?.get(peer) !== undefined) return;
    throw new RpcError(StatusCode.UNAUTHENTICATED, "not admitted: present a credential first");
  }
}

function checkFlags(flags: number): void {
  if ((flags & FrameFlag.Header) === 0) {
    throw new RpcError(StatusCode.INTERNAL, "First frame must have HEADER flag");
  }
  if ((flags & OTHER_FLAGS) !== 0) {
    throw new RpcError(StatusCode.INTERNAL, `a header with the contradictory flags ${flags}`);
  }
}

/** Too much at once: `what` is running already. */
export function exhausted(what: string, limit: string): RpcError {
  return new RpcError(StatusCode.RESOURCE_EXHAUSTED, `${what} are running already (${limit})`, {
    details: { reason: `limit.${limit}` },
  });
}
