import { MAX_PAYLOAD_BYTES } from "@aster/transport";
import type { MessageCodec, MethodCoding } from "../message/message-codec.ts";
import { MessagePacker } from "../message/message-packer.ts";

/** A value that goes through a channel in place of bytes, which it has none of. */
class PassedValue extends Uint8Array {
  readonly value: unknown;

  constructor(value: unknown) {
    super(0);
    this.value = value;
  }
}

/** Hands values over as they are, between two ends in one process. */
export const passingCodec: MessageCodec = {
  encode: (value) => new PassedValue(value),
  encodeShared: (value) => new PassedValue(value),
  decode: (bytes) => (bytes as PassedValue).value,
};

interface PassingCoding extends MethodCoding {
  readonly packer: MessagePacker;
  readonly answersInKind: boolean;
  readonly mayBeXlang: boolean;
}

/** {@link passingCodec} for both directions of a method. */
export const passingCoding: PassingCoding = {
  request: passingCodec,
  response: passingCodec,
  rows: undefined,
  answersInKind: false,
  mayBeXlang: false,
  packer: new MessagePacker({ plainBytes: MAX_PAYLOAD_BYTES }),
};
