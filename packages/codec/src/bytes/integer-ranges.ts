import type { IntegerKind } from "../schema/field-type.ts";

/** The integers of up to 32 bits: the least and the greatest value of each kind. */
export const integerRanges: Readonly<Partial<Record<IntegerKind, readonly [number, number]>>> = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x80000000, 0x7fffffff],
  varint32: [-0x80000000, 0x7fffffff],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffffffff],
  var_uint32: [0, 0xffffffff],
};
