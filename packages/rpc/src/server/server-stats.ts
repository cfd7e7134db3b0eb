import type { NodeStats } from "@aster/transport";
import type { AdmissionStats } from "../peer/admission-counts.ts";

/** Counters of a `Server`. */
export interface ServerStats {
  /** Calls whose handlers have not returned, or whose answers have not left. */
  readonly calls: number;
  /** Calls that were accepted since the start. */
  readonly callsTotal: number;
  /** Accepted calls that ended with OK. */
  readonly callsSucceeded: number;
  /** Accepted calls that ended with another status. Their handlers may still be running. */
  readonly callsFailed: number;
  /**
   * Calls and sessions that ended before they were accepted, by the name of their status: by a
   * limit, a drain, a missing role, a bad header, or a caller that did not send its request.
   */
  readonly callsRefused: Readonly<Record<string, number>>;
  /** Streams that peers opened since the start; each carries a call or a session. */
  readonly streamsTotal: number;
  /**
   * Bytes of decoded requests, of requests that wait for their turn, and of answers that peers do
   * not read.
   */
  readonly heldBytes: number;
  /** Open sessions, and ended ones whose `onSessionClose` has not returned. */
  readonly sessions: number;
}

/** Counters of an `AsterServer`, with those of its node. */
export interface AsterServerStats extends ServerStats, NodeStats {
  /** Connections that were accepted since the start, including those for admission. */
  readonly connectionsTotal: number;
  /** Of consumers, which call services. */
  readonly admission: AdmissionStats;
  /** Of producers, which join the mesh of the server. */
  readonly producerAdmission: AdmissionStats;
}
