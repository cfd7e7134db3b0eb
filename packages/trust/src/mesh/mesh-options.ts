import { type EndpointId, endpointIdOf, LONGEST_TIMER_MS, type Node } from "@aster/transport";
import type { ProducerMesh } from "../admission/producer-mesh.ts";
import type { EnrollmentCredential } from "../credential/credential.ts";
import { verifyProducerCredential } from "../credential/verify.ts";
import { AdmissionError } from "../error.ts";
import { wrongOption } from "../option.ts";
import type { Revocations } from "../revocation/revocations.ts";
import type { LeaseNotice, ProducerNotice } from "./producer-notice.ts";

/** The bounds of the clocks in a mesh. */
export interface MeshClockOptions {
  /**
   * The deviation of a clock from the median of the members that is tolerated. Messages about the
   * services of a member beyond it do not count, and a node whose own clock is beyond it departs.
   * Default: 5 000.
   */
  readonly clockDriftToleranceMs?: number | undefined;
  /** Messages that are older, or newer, than this are ignored. Default: 30 000. */
  readonly replayWindowMs?: number | undefined;
  /** The time after joining in which no clock is judged. Default: 60 000. */
  readonly gracePeriodMs?: number | undefined;
}

export interface JoinMeshOptions extends MeshClockOptions {
  /** The producers and the salt; with `bootstrap`, one that `isJoining`. */
  readonly mesh: ProducerMesh;
  /** The revoked endpoints of the same root key. Their lists are exchanged with the members. */
  readonly revocations: Revocations;
  /** The secret key of the node, 32 bytes: it signs the messages. */
  readonly secretKey: Uint8Array;
  /**
   * The credential with which this node joins and introduces itself. Default: none; only those
   * that this node admits know it then.
   */
  readonly credential?: EnrollmentCredential | undefined;
  /** Addresses of members through which this node joins. Default: none; it founds the mesh. */
  readonly bootstrap?: readonly string[] | undefined;
  /** The folder for the salt, the producers and the last list. Default: memory. */
  readonly stateDir?: string | undefined;
  /** The services of this node, for the messages that repeat them. Default: none. */
  readonly leases?: (() => readonly LeaseNotice[]) | undefined;
  /** Called with each message of a member that counts. */
  readonly onNotice?: ((notice: ProducerNotice, sender: EndpointId) => void) | undefined;
  /** Called with what went wrong in the background. The node goes on. */
  readonly onProblem?: ((error: unknown) => void) | undefined;
}

/** The clocks of a mesh with their defaults. */
export interface MeshClock {
  readonly clockDriftToleranceMs: number;
  readonly replayWindowMs: number;
  readonly gracePeriodMs: number;
}

/** Throws `AdmissionError` `"option"` for a time that is not a whole number of milliseconds. */
export function clockOf(options: MeshClockOptions): MeshClock {
  const {
    clockDriftToleranceMs = 5_000,
    replayWindowMs = 30_000,
    gracePeriodMs = 60_000,
  } = options;
  const clock = { clockDriftToleranceMs, replayWindowMs, gracePeriodMs };
  for (const [name, value] of Object.entries(clock)) {
    const least = name === "gracePeriodMs" ? 0 : 1;
    if (Number.isInteger(value) && value >= least && value <= LONGEST_TIMER_MS) continue;
    throw wrongOption(name, `a whole number from ${least} to ${LONGEST_TIMER_MS}`, value);
  }
  return clock;
}

/**
 * Throws `AdmissionError` `"option"` for a key of another node, and for a credential that is
 * missing or that the mesh would not accept.
 */
export function checkMember(node: Node, options: JoinMeshOptions): void {
  const { secretKey, credential, bootstrap = [], mesh } = options;
  if (endpointIdOf(secretKey) !== node.id) {
    throw new AdmissionError("option", "option secretKey is not the key of the node");
  }
  if (credential === undefined) {
    if (bootstrap.length === 0) return;
    const problem = "option credential is missing; sign one for a producer, to join through others";
    throw new AdmissionError("option", problem);
  }
  try {
    verifyProducerCredential(credential, { rootPubkey: mesh.rootPubkey, endpointId: node.id });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "unreadable";
    throw new AdmissionError("option", `option credential: ${why}`, { cause });
  }
}
