import type { EndpointId } from "@aster/transport";
import type { AdmissionOutcome } from "@aster/trust";
import { RpcError } from "../error.ts";
import { runCallback } from "../failure-log.ts";
import { rounded } from "../log/call-fields.ts";
import { LineLimit } from "../log/line-limit.ts";
import { safeText } from "../log/safe-text.ts";
import { optionError } from "../option-check.ts";
import type { AdmittedCall } from "../server/admitted-call.ts";
import type { Refusal } from "../server/call-owner.ts";
import type { Denial } from "../server/denial.ts";
import type { PeerDirectory } from "../server/server-options.ts";
import { StatusCode, statusName } from "../status.ts";
import { epochMs, now } from "../time/clock.ts";
import type { AuditedCall, AuditRecord, AuditTarget } from "./audit-record.ts";

/** Denials by a limit, which a peer can cause in any number. */
const MOST_REPEATED = 20;

/** The gates that refuse the header of a call, by the status of the refusal. */
const headerGates = new Map<number, Pick<AuditedCall, "gate" | "cause">>([
  [StatusCode.UNAUTHENTICATED, { gate: 0, cause: "not-admitted" }],
  [StatusCode.PERMISSION_DENIED, { gate: 3, cause: "capability" }],
]);
const byInterceptor: Pick<AuditedCall, "gate" | "cause"> = { gate: 2, cause: "interceptor" };

/** Makes the records of a server's audit log. `ServerCore` has one if the option `audit` is set. */
export class ServerAudit {
  readonly #target: AuditTarget;
  readonly #peers: PeerDirectory | undefined;
  readonly #failed: (peer: string, cause: unknown) => void;
  readonly #repeated = new LineLimit(MOST_REPEATED);

  /**
   * Throws INVALID_ARGUMENT for a target without `record`. `failed` receives its errors, and must
   * not throw.
   */
  constructor(
    target: AuditTarget,
    peers: PeerDirectory | undefined,
    failed: (peer: string, cause: unknown) => void,
  ) {
    if (typeof (target as Partial<AuditTarget> | null)?.record !== "function") {
      throw optionError("audit", "an object with a function record", target);
    }
    this.#target = target;
    this.#peers = peers;
    this.#failed = failed;
  }

  /** A call has ended, with this error or OK. */
  ended(call: AdmittedCall, error: RpcError | undefined): void {
    const { route, context, startedAt, requests, responses } = call;
    const { peer, service, method, requestId } = context;
    const code = error?.code ?? StatusCode.OK;
    this.#write({
      event: "call",
      ...this.#ofPeer(peer, now() - startedAt),
      service,
      method,
      pattern: route.method.pattern,
      code,
      status: statusName(code),
      requests,
      responses,
      requestId,
      ...(call.denied ? byInterceptor : {}),
    });
  }

  /** A call or session was refused when its header was read. */
  refused(peer: EndpointId, { called, error }: Refusal): void {
    const { code } = RpcError.from(error);
    this.#write({
      event: "call",
      ...this.#ofPeer(peer, 0),
      service: safeText(called.service),
      method: safeText(called.method),
      pattern: called.pattern,
      code,
      status: statusName(code),
      requests: 0,
      responses: 0,
      requestId: called.callId ? safeText(called.callId) : undefined,
      ...headerGates.get(code),
    });
  }

  /** A gate has decided about a peer, in this time. */
  decided(outcome: AdmissionOutcome, durationMs: number): void {
    const { admitted, peer, cause = "failed", credentialId, repeated } = outcome;
    if (admitted) return;
    const suppressed = repeated ? this.#repeated.pass(cause) : 0;
    if (suppressed === undefined) return;
    this.#write({
      event: "admission",
      ...this.#ofPeer(peer, durationMs),
      credentialId,
      gate: 1,
      cause,
      ...(suppressed === 0 ? {} : { suppressed }),
    });
  }

  /** A closed gate has refused connections. */
  refusedConnection({ peer, alpn = "", cause, count = 1 }: Denial): void {
    const { time, side } = this.#ofPeer(peer, 0);
    this.#write({
      event: "connection",
      time,
      side,
      peer,
      gate: 0,
      cause,
      alpn: safeText(alpn),
      count,
    });
  }

  #ofPeer(peer: EndpointId, durationMs: number) {
    return {
      time: new Date(epochMs() - durationMs).toISOString(),
      side: "server",
      peer,
      credentialId: this.#peers?.get(peer)?.credentialId,
      durationMs: rounded(durationMs),
    } as const;
  }

  #write(record: AuditRecord): void {
    runCallback(
      () => this.#target.record(record),
      (cause) => this.#failed(record.peer, cause),
    );
  }
}
