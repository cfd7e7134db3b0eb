import type { EndpointId } from "@aster/transport";

/** The attribute that holds the name of a peer. */
export const NAME_ATTRIBUTE = "aster.name";

/** The right of a consumer to be admitted, signed by a root key. */
export interface ConsumerEnrollmentCredential {
  /** `"policy"` can be presented often, `"ott"` (one-time token) once. */
  readonly type: "policy" | "ott";
  /** 64 lower-case hex characters. */
  readonly rootPubkey: string;
  /** Epoch seconds. The credential is refused from this second on. */
  readonly expiresAt: number;
  /** `aster.role`, `aster.name` and others. At most 64 with 8 KiB in all. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The only endpoint that may present it. Absent: any endpoint may. */
  readonly endpointId?: EndpointId | undefined;
  /** The one-time token, 64 lower-case hex characters. A secret. Exactly for `"ott"`. */
  readonly nonce?: string | undefined;
  /** 128 lower-case hex characters. */
  readonly signature: string;
}

/** The right of a producer to join the mesh of a root key, bound to its endpoint. */
export interface EnrollmentCredential {
  /** 64 lower-case hex characters. */
  readonly rootPubkey: string;
  readonly endpointId: EndpointId;
  /** Epoch seconds. The credential is refused from this second on. */
  readonly expiresAt: number;
  /** At most 64 with 8 KiB in all. */
  readonly attributes: Readonly<Record<string, string>>;
  /** 128 lower-case hex characters. */
  readonly signature: string;
}
