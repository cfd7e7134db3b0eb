import type { JsonRules } from "./admission/json.ts";
import { AdmissionError } from "./error.ts";

/**
 * The ALPN on which a consumer requests admission (docs/wire.md, "Admission"). Its streams carry
 * bytes without frames.
 */
export const CONSUMER_ADMISSION_ALPN = "aster.consumer_admission";

/**
 * The ALPN on which producers of one mesh request admission from each other. Its streams carry
 * bytes without frames.
 */
export const PRODUCER_ADMISSION_ALPN = "aster.producer_admission";

/**
 * The ALPN on which the members of a mesh fetch the list of revoked endpoints from each other. Its
 * streams carry bytes without frames.
 */
export const REVOCATIONS_ALPN = "aster.producer_revocations";

/** The bounds of admission messages. A message over a bound is refused, never truncated. Frozen. */
export interface AdmissionLimits {
  /** Bytes of one request or one answer. */
  readonly messageBytes: number;
  /** Levels of nested arrays and objects in one message. */
  readonly jsonDepth: number;
  readonly services: number;
  readonly channelsPerService: number;
  readonly modesPerService: number;
  readonly methodsPerService: number;
  readonly rolesPerRequirement: number;
  /** Producers of one mesh: as many as fit into one answer. */
  readonly producers: number;
  /** UTF-16 units of a service name, an attribute key, a channel name or a mode. */
  readonly nameLength: number;
  /** UTF-16 units of an attribute, a channel's address or the registry namespace. */
  readonly valueLength: number;
  readonly attributes: number;
}

/** The bounds of requests and answers (docs/trust.md, "Limits"). */
export const admissionLimits: AdmissionLimits = Object.freeze({
  messageBytes: 65_536,
  jsonDepth: 50,
  services: 10_000,
  channelsPerService: 100,
  modesPerService: 16,
  methodsPerService: 10_000,
  rolesPerRequirement: 256,
  producers: 960,
  nameLength: 256,
  valueLength: 4_096,
  attributes: 64,
});

/** The bounds and errors of admission messages. */
export const admissionJson: JsonRules = {
  bounds: { bytes: admissionLimits.messageBytes, depth: admissionLimits.jsonDepth },
  tooLarge: (problem) => new AdmissionError("limit", problem),
  malformed: (problem, options) => new AdmissionError("protocol", problem, options),
};
