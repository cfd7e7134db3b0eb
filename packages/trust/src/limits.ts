/** The bounds of admission messages; what is over them is refused, never cut. Frozen. */
export interface AdmissionLimits {
  /** Bytes of one request or one answer. */
  readonly messageBytes: number;
  /** Nested arrays and objects in one message. */
  readonly jsonDepth: number;
  readonly services: number;
  readonly channelsPerService: number;
  readonly modesPerService: number;
  /** UTF-16 units of a service name, an attribute or channel key, or a mode. */
  readonly nameLength: number;
  /** UTF-16 units of an attribute, a channel's address, the registry namespace. */
  readonly valueLength: number;
  readonly attributes: number;
}

export const admissionLimits: AdmissionLimits = Object.freeze({
  messageBytes: 65_536,
  jsonDepth: 50,
  services: 10_000,
  channelsPerService: 100,
  modesPerService: 16,
  nameLength: 256,
  valueLength: 4_096,
  attributes: 64,
});
