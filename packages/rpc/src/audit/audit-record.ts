import type { MethodPattern } from "@aster/contract";

/** The members that all records have. */
interface AuditBase {
  /** The start of the call or admission, in UTC: `2026-04-06T12:00:00.123Z`. */
  readonly time: string;
  /** The side that wrote the record. */
  readonly side: "client" | "server";
  /** Endpoint id of the other side, 64 hex characters. */
  readonly peer: string;
  /**
   * On a server, the id of the credential with which the peer was admitted, or asked to be;
   * `undefined` for none. It is not a secret.
   */
  readonly credentialId?: string | undefined;
  /** The gate that denied it (docs/trust.md): 0 connection, 1 admission, 2 interceptor, 3 role. */
  readonly gate?: 0 | 1 | 2 | 3 | undefined;
  /** The cause of the denial, which the peer does not learn. */
  readonly cause?: string | undefined;
}

/** One call: a record is written when it has ended or was refused. */
export interface AuditedCall extends AuditBase {
  readonly event: "call";
  /** Empty if the header of the call cannot be read. */
  readonly service: string;
  /** Empty for a session that was refused. */
  readonly method: string;
  /** `undefined` for a call that was refused before its method was found. */
  readonly pattern?: MethodPattern | undefined;
  /** A status code; 0 is OK. */
  readonly code: number;
  /** The name of the code, such as `NOT_FOUND`. */
  readonly status: string;
  readonly durationMs: number;
  /** The number of requests: on a server, those that have arrived. */
  readonly requests: number;
  readonly responses: number;
  /** On a client, the number of the attempt, from 1. A server is not told. */
  readonly attempt?: number | undefined;
  /** On a server, the id of the call in the logs. */
  readonly requestId?: string | undefined;
}

/** An admission that was denied. */
export interface AuditedAdmission extends AuditBase {
  readonly event: "admission";
  readonly side: "server";
  readonly gate: 1;
  readonly cause: string;
  readonly durationMs: number;
  /**
   * The records about denials by a limit that were left out before this one: at most 20 in 10 s are
   * written.
   */
  readonly suppressed?: number | undefined;
}

/** A connection that a closed gate refused, because its peer is not admitted. */
export interface AuditedConnection extends AuditBase {
  readonly event: "connection";
  readonly side: "server";
  readonly gate: 0;
  readonly cause: string;
  /** The protocol. */
  readonly alpn: string;
  /** The connections that the record stands for: at most 16 per second have one of their own. */
  readonly count: number;
}

/**
 * A record of an audit log. It contains no messages, metadata, texts of errors or secrets. Names
 * that a peer chose are escaped and cut at 200 characters.
 */
export type AuditRecord = AuditedCall | AuditedAdmission | AuditedConnection;

/** The audit log of a server. `auditLog` of `@aster/interceptors` makes one. */
export interface AuditTarget {
  /**
   * Receives each record. It must not block. An error that it throws, or rejects with, goes to
   * `onError` of the server.
   */
  record(record: AuditRecord): void;
}
