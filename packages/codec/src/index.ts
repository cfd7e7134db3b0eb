// Codecs.
export type { Codec, CodecMode, CodecOptions } from "./codec.ts";
export { createCodec } from "./codec.ts";
export type { CodecEngine, EngineCodec, EngineOptions } from "./codec-engine.ts";
export {
  canCompress,
  compressInBackground,
  compressPayload,
  decompressPayload,
} from "./compression/compress.ts";
export { inflatedSize } from "./compression/inflated-size.ts";
export type { CodecErrorCode, CodecErrorOptions } from "./error.ts";
export { CodecError } from "./error.ts";
export type { CodecLimitOptions, CodecLimits } from "./limits.ts";
export { defaultLimits } from "./limits.ts";
// For texts of peers.
export { printable } from "./printable.ts";
// Types on the wire, and the schemas that zod lacks.
export type { Float16Numbers } from "./schema/array-schemas.ts";
export { bfloat16Array, boolArray, float16Array, uint8Array } from "./schema/array-schemas.ts";
// For code that reads wire types: contracts, servers, tools.
export type { CheckedValue } from "./schema/check-value.ts";
export { checkValue } from "./schema/check-value.ts";
export { snakeCase } from "./schema/field-names.ts";
export type {
  ArrayElementKind,
  CaseUnion,
  ElementType,
  EnumType,
  ExtType,
  FieldType,
  FloatKind,
  IntegerKind,
  NamedSchema,
  ScalarKind,
  ScalarType,
  TypeName,
} from "./schema/field-type.ts";
export { integerBits } from "./schema/field-type.ts";
export {
  bfloat16,
  bytes,
  date,
  decimal,
  duration,
  fixedInt32,
  fixedInt64,
  fixedUint32,
  fixedUint64,
  float16,
  int8,
  int16,
  taggedInt64,
  taggedUint64,
  timestamp,
  uint8,
  uint16,
} from "./schema/scalar-schemas.ts";
export { arraySchemas, scalarSchemas } from "./schema/schemas-by-kind.ts";
export type { NamedType, TypeScope } from "./schema/type-scope.ts";
export { createTypeScope } from "./schema/type-scope.ts";
export { TypedValue, typed } from "./schema/typed-value.ts";
export type { WireTypeOptions } from "./schema/wire-definition.ts";
export type { EnumEntries, WireEnumOptions } from "./schema/wire-enum.ts";
export { wireEnum } from "./schema/wire-enum.ts";
export type { WireExtOptions } from "./schema/wire-ext.ts";
export { wireExt } from "./schema/wire-ext.ts";
export { wireType } from "./schema/wire-type.ts";
export type { WireField, WireType, WireTypeInfo } from "./schema/wire-type-info.ts";
export type { CaseSchemas, UnionCases, WireUnionOptions } from "./schema/wire-union.ts";
export { wireUnion } from "./schema/wire-union.ts";
export { wireTypeInfo } from "./schema/zod/wire-type-mark.ts";
export type { TypeCodec } from "./type-codec.ts";
export type { ProfileChoice } from "./xlang/profiles.ts";
export { UnknownStruct } from "./xlang/values/unknown-struct.ts";
export type { EngineChoice } from "./xlang/xlang-codec.ts";
